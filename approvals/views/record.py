"""The why page of a record."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.record_history import history
from orchestrator.people.permissions import may_read_ledger
from orchestrator.web.request import Request

LONGEST_NAME = 80


@never_cache
@require_safe
def show_record(request: Request, object_name: str, record_id: str) -> HttpResponse:
    """Show why a record is as it is: every change of ours, and what was asked and not written."""
    before = request.GET.get("before", "")
    field = request.GET.get("field", "").replace("\x00", "")[:LONGEST_NAME]
    found = history(
        person=request.user,
        object_name=object_name.replace("\x00", ""),
        record_id=record_id.replace("\x00", ""),
        field=field,
        before=int(before) if before.isdecimal() and len(before) < len(str(2**63)) else None,
    )
    narrowed = {"field": field} if field else {}
    context = {
        "found": found,
        "object_name": object_name,
        "record_id": record_id,
        "label": found.label or record_id,
        "field": field,
        "may_read_ledger": may_read_ledger(request.user),
        "first_href": f"?{urlencode(narrowed)}" if before else "",
        "next_href": (
            f"?{urlencode({**narrowed, 'before': found.next_before})}" if found.next_before else ""
        ),
    }
    return TemplateResponse(request, "approvals/record_history.html", context)
