"""The ledger page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit import queries, readers
from audit.forms import LedgerForm
from orchestrator.kernel.errors import NotAllowed


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the ledger, newest first, through filters kept in the address."""
    _check_reader(request)
    form = LedgerForm(request.GET)
    filters = form.filters()
    page = queries.search(filters=filters, before=form.cleaned_data.get("before"))
    given = {name: str(value) for name, value in request.GET.items() if value and name != "before"}
    context = {
        "form": form,
        "page": page,
        "lines": readers.readable(request.user, page.lines),
        "filtered": bool(given),
        "first_href": "?" + urlencode(given) if request.GET.get("before") else "",
        "next_href": _next(given, page),
    }
    return render(request, "audit/ledger.html", context)


def _next(given: dict[str, str], page: queries.Page) -> str:
    if page.next_before is None:
        return ""
    return "?" + urlencode({**given, "before": page.next_before})


def _check_reader(request: HttpRequest) -> None:
    if not request.user.has_perm("audit.view_entry"):
        raise NotAllowed("Ask an administrator for the right to read the ledger.")
