"""From what a look saw to where every field stands."""

import datetime as dt
from typing import Any

from orchestrator.observation.agreement import SETTLED, after_look, after_loss
from orchestrator.observation.models import Observation
from orchestrator.observation.sight import Line, Sight, key_of
from orchestrator.observation.states import Result


def lines_after(observation: Observation, sight: Sight, *, at: dt.datetime) -> list[dict[str, Any]]:
    """Return the lines of an observation as they stand after this look."""
    final = observation.ends_at <= at
    return [_line_after(line, sight, final=final, at=at) for line in observation.fields]


def _line_after(line: Line, sight: Sight, *, final: bool, at: dt.datetime) -> dict[str, Any]:
    so_far = Result(line["result"])
    if line["operation"] == "create":
        return _creation_after(line, sight, at)
    if so_far in SETTLED:
        return dict(line)
    if not sight.shows(line):
        # Until the end it may become readable again; what was seen before that counts.
        unclear = final and so_far is Result.UNTOUCHED
        return dict(line) | ({"result": Result.NOT_COMPARABLE.value} if unclear else {})
    snapshot = sight.records.get(key_of(line))
    if snapshot is None:
        found = after_loss(so_far, operation=line["operation"])
        return _moved(line, so_far, found, None, "", at)
    if line["operation"] == "delete":
        return _moved(line, so_far, Result.UNTOUCHED, None, "", at)
    actual = snapshot.values.get(line["field"])
    found = after_look(
        so_far,
        base=line["base"],
        proposed=line["proposed"],
        actual=actual,
        by_us=sight.by_us(snapshot),
    )
    return _moved(line, so_far, found, actual, snapshot.modified_by, at)


def _creation_after(line: Line, sight: Sight, at: dt.datetime) -> dict[str, Any]:
    so_far = Result(line["result"])
    snapshot = sight.created.get((line["object"], line["external_id"]))
    if snapshot is None or sight.by_us(snapshot):
        return dict(line)
    made = _moved(line, so_far, Result.AGREED, None, snapshot.modified_by, at)
    return made | {"record": snapshot.key.record_id, "label": snapshot.label}


def _moved(
    line: Line, so_far: Result, found: Result, actual: Any, by: str, at: dt.datetime
) -> dict[str, Any]:
    """Keep the value that made the result; a third value also when it changes once more."""
    if found is so_far and found is not Result.DIFFERED:
        return dict(line)
    if found is Result.DIFFERED and so_far is Result.DIFFERED and actual in (None, line["base"]):
        return dict(line)
    seen = {"value": actual, "by": by, "at": at.isoformat()}
    return dict(line) | {"result": found.value} | seen
