"""What was not written, or is not known to be: grouped by cause, and narrowed."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.choices import filter_choices
from orchestrator.commits import letters, queries
from orchestrator.commits.causes import cause_of
from orchestrator.commits.failure_lines import by_cause, lines
from orchestrator.commits.forms import FailureFilter
from orchestrator.commits.letters import MINE, Narrowed
from orchestrator.commits.states import LetterKind
from orchestrator.kernel import clock
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.web.request import Request

LIST, BULK = "/failures/", "/failures/bulk/"
TABS = {
    "": ("All", "everything"),
    LetterKind.FAILED: ("Dead letters", LetterKind.FAILED),
    LetterKind.UNKNOWN: ("Outcome unknown", LetterKind.UNKNOWN),
    LetterKind.UNREAD: ("Stuck reading back", LetterKind.UNREAD),
    MINE: ("Mine", "mine"),
}
NO_FILTERS = dict.fromkeys(("workflow", "agent", "object", "owner", "cause"), "")


@never_cache
@require_safe
def show_failures(request: Request) -> HttpResponse:
    """List what waits for a person in the workflows that the reader may see."""
    given = FailureFilter(request.GET).given()
    before = given.pop("before", "")
    visible = workflows_with_right(request.user, Right.VIEW)
    narrowed = narrowed_to(given, visible, request.user)
    administered = workflows_with_right(request.user, Right.ADMINISTER)
    counts, tab = letters.counts(narrowed), given.get("tab", "")
    settling = queries.settling_workflows()
    context = {
        "at": clock.now(),
        "tab": tab,
        "tabs": _tabs(tab, counts, given),
        "counts": counts,
        "settling": sum(1 for workflow in settling if workflow in visible),
        "given": {**NO_FILTERS, **given},
        "filtered": bool(given.keys() & NO_FILTERS.keys()),
        "choices": filter_choices(person=request.user, workflows=visible),
        "owners": letters.owners(narrowed),
        "objects": letters.object_names(narrowed),
        "clear_href": href(LIST, {"tab": tab}),
        "first_href": href(LIST, given) if before else "",
        "escalated": lines(
            letters.escalated(narrowed) if counts["overdue"] and not before else [],
            administered=administered,
            reader=request.user.pk,
        ),
        **_shown(narrowed, given, before, administered),
    }
    return TemplateResponse(request, "commits/failures.html", context)


def narrowed_to(given: dict[str, str], visible: set[int], person: User) -> Narrowed:
    """Return which failures an address asks for, as far as the person may see them."""
    names = {"object": "object_name"}
    wanted = {names.get(name, name): value for name, value in given.items()}
    return Narrowed(workflow_ids=visible, person=person, **wanted)


def href(path: str, query: dict[str, str]) -> str:
    """Return an address with what is given of a query."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _shown(
    narrowed: Narrowed, given: dict[str, str], before: str, administered: set[int]
) -> dict[str, Any]:
    """Return the failures of one cause one by one, or the causes with the newest of each."""
    reader = narrowed.person.pk
    if narrowed.cause:
        one_by_one = letters.page(narrowed, before=before)
        shown = lines(one_by_one.found, administered=administered, reader=reader)
        kind = one_by_one.found[0].kind if one_by_one.found else narrowed.tab
        newest = one_by_one.found[0].commit if one_by_one.found else None
        bulk = kind != LetterKind.UNREAD and any(line.may_act for line in shown)
        return {
            "cause": cause_of(narrowed.cause, kind=kind),
            "said": newest,
            "lines": shown,
            "bulk_href": href(BULK, given) if bulk else "",
            "next_href": href(LIST, {**given, "before": one_by_one.before})
            if one_by_one.before
            else "",
        }
    page = letters.groups(narrowed, before=before)
    return {
        "groups": [_group(group, given, administered, reader) for group in page.found],
        "next_href": href(LIST, {**given, "before": page.before}) if page.before else "",
    }


def _group(group: letters.Group, given: dict[str, str], administered: set[int], reader: int) -> Any:
    query = {**given, "cause": group.cause}
    if given.get("tab") != MINE:
        query["tab"] = group.kind
    return by_cause(
        group,
        administered=administered,
        reader=reader,
        href=href(LIST, query),
        bulk_href=href(BULK, query),
    )


def _tabs(tab: str, counts: dict[str, int], given: dict[str, str]) -> list[dict[str, Any]]:
    kept = {name: value for name, value in given.items() if name not in ("tab", "cause")}
    return [
        {
            "title": title,
            "href": href(LIST, {"tab": name, **kept}),
            "current": name == tab,
            "count": counts[counted],
        }
        for name, (title, counted) in TABS.items()
    ]
