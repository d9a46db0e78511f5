"""What the agreement page shows, put together from queries and measures."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from approvals.lines import label_of
from approvals.visibility import Mask, Sight, mask_row, sights_for
from orchestrator.observation import measures, queries
from orchestrator.observation.forms import WATCHING, ObservationFilter
from orchestrator.observation.models import Observation
from orchestrator.observation.states import Result
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow

PERIOD = dt.timedelta(days=90)


class Badge(NamedTuple):
    """How a result looks."""

    label: str
    tone: str
    icon: str


BADGES = {
    WATCHING: Badge("Watching", "quiet", "eye"),
    Result.AGREED: Badge("Agreed", "good", "check"),
    Result.PARTLY: Badge("Partly", "warn", "circle-dot"),
    Result.DIFFERED: Badge("Differed", "bad", "arrows-exchange"),
    Result.UNTOUCHED: Badge("Untouched", "quiet", "clock-pause"),
    Result.GONE: Badge("Record gone", "quiet", "trash"),
    Result.ALREADY_SO: Badge("Already so", "quiet", "circle-check"),
    Result.NOT_COMPARABLE: Badge("Not comparable", "quiet", "zoom-question"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an observed proposal: what it was, what was proposed, what people did."""

    name: str
    record: str
    operation: str
    base: Any
    proposed: Any
    # Whether people set a value, and which.
    moved: bool
    value: Any
    badge: Badge


@dataclass(frozen=True, slots=True)
class Row:
    """One observed proposal."""

    observation: Observation
    title: str
    badge: Badge
    fields: list[Field]


def page_of(
    workflow: Workflow, form: ObservationFilter, *, person: User, at: dt.datetime
) -> dict[str, Any]:
    """Return what the page shows this person of one workflow."""
    given = form.given()
    page = queries.observations(
        workflow=workflow, filters=form.filters(), before=given.get("before", "")
    )
    sight = sights_for(person=person, workflows=[workflow])[workflow.pk]
    stays = {name: value for name, value in given.items() if name != "before"}
    others = {name: value for name, value in stays.items() if name != "result"}
    period: dict[str, Any] = {"workflow": workflow, "since": at - PERIOD, "until": at}
    return {
        "rows": [_row(each, sight) for each in page.observations],
        "agreement": measures.agreement(**period),
        "parts": [(part, measures.agreement_by(part, **period)) for part in measures.BY],
        "watched": queries.watched(workflow),
        "days": PERIOD.days,
        "form": form,
        "filtered": bool(others),
        "tabs": [
            {
                "title": BADGES[name].label if name else "All",
                "href": _href(others | ({"result": name} if name else {})),
                "current": name == given.get("result", ""),
            }
            for name in ("", *BADGES)
        ],
        "first_href": _href(stays) if "before" in given else "",
        "next_href": _href(stays | {"before": page.next_before}) if page.next_before else "",
    }


def _row(observation: Observation, sight: Sight) -> Row:
    mask_row(sight, observation.proposal)
    stands = BADGES[observation.result or WATCHING]
    title = label_of(observation.proposal)
    return Row(
        observation,
        title,
        stands,
        [_field(line) for line in Mask(sight).stored(observation.fields)],
    )


def _field(line: dict[str, Any]) -> Field:
    result = Result(line["result"])
    return Field(
        name=line["field"],
        record=line["label"] or line["record"] or f"new {line['object']}",
        operation=line["operation"],
        base=line["base"],
        proposed=line["proposed"],
        moved=result in (Result.AGREED, Result.DIFFERED),
        value=line["value"],
        badge=BADGES[result],
    )


def _href(query: dict[str, Any]) -> str:
    return f"?{urlencode(query)}"
