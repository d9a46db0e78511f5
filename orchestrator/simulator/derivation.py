"""What the org fills in by itself: names, stage figures, closing dates."""

from collections.abc import Callable, Mapping

from orchestrator.simulator.calls import Context
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.objects.activity import TASK_CLOSED
from orchestrator.simulator.objects.sales import STAGES
from orchestrator.simulator.objects.service import CLOSED_STATUSES
from orchestrator.simulator.store import Row

STAGE_BY_NAME = {stage.name: stage for stage in STAGES}
FORECAST_CODES = {"Best Case": "BestCase", "Most Likely": "MostLikely", "Commit": "Forecast"}


def derive(context: Context, kind: ObjectType, old: Row | None, new: Row, given: Row) -> None:
    """Fill the derived fields of `new`; what was given for them stays."""
    DERIVATIONS.get(kind.name, _nothing)(context, old, new, given)


def fill_in(context: Context, kind: ObjectType, new: Row) -> None:
    """Give a new record its defaults, its owner and its number."""
    for field in kind.fields.values():
        if new[field.name] is not None:
            continue
        if field.default is not None:
            new[field.name] = field.default
        elif field.pattern:
            number = context.org.store.next_number(f"{kind.name}.{field.name}")
            new[field.name] = field.pattern.format(number)
        elif field.name == "OwnerId":
            new[field.name] = context.user_id


def _nothing(_context: Context, _old: Row | None, _new: Row, _given: Row) -> None:
    pass


def _full_name(_context: Context, _old: Row | None, new: Row, _given: Row) -> None:
    parts = (new["FirstName"], new["LastName"])
    new["Name"] = " ".join(part for part in parts if part)


def _opportunity(context: Context, old: Row | None, new: Row, given: Row) -> None:
    stage = STAGE_BY_NAME.get(new["StageName"] or "")
    moved = old is None or old["StageName"] != new["StageName"]
    if stage is not None and moved:
        new["IsClosed"], new["IsWon"] = stage.is_closed, stage.is_won
        if "Probability" not in given and (
            old is None or context.org.switches["stage_resets_probability"]
        ):
            new["Probability"] = stage.probability
        if "ForecastCategoryName" not in given:
            new["ForecastCategoryName"] = stage.forecast_name
        if "LastStageChangeDate" not in given:
            new["LastStageChangeDate"] = context.stamp
    name = new["ForecastCategoryName"]
    new["ForecastCategory"] = FORECAST_CODES.get(name, name)
    amount, probability = new["Amount"], new["Probability"]
    known = amount is not None and probability is not None
    new["ExpectedRevenue"] = round(amount * probability / 100, 2) if known else None


def _case(context: Context, old: Row | None, new: Row, given: Row) -> None:
    new["IsClosed"] = new["Status"] in CLOSED_STATUSES
    _note_end(context, old, new, given, "ClosedDate")


def _task(context: Context, old: Row | None, new: Row, given: Row) -> None:
    new["IsClosed"] = new["Status"] in TASK_CLOSED
    _note_end(context, old, new, given, "CompletedDateTime")


def _note_end(context: Context, old: Row | None, new: Row, given: Row, field: str) -> None:
    if not new["IsClosed"]:
        new[field] = None
    elif field not in given and not (old is not None and old["IsClosed"]):
        new[field] = context.stamp


DERIVATIONS: Mapping[str, Callable[[Context, Row | None, Row, Row], None]] = {
    "User": _full_name,
    "Contact": _full_name,
    "Lead": _full_name,
    "Opportunity": _opportunity,
    "Case": _case,
    "Task": _task,
}
