"""Did it happen? Judged by what reading back shows. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.commits.comparison import same_value
from orchestrator.kernel.choices import Choices

# The code of a commit whose worker died or was lost with it in hand.
WORKER_LOST = "worker_lost"


class Found(Choices):
    """What reading back shows."""

    WRITTEN = "written"
    NOT_WRITTEN = "not_written"
    UNCLEAR = "unclear"


WORDS = {
    Found.WRITTEN: "The records have the approved values, written by us: it happened.",
    Found.NOT_WRITTEN: "The records are as they were just before: it did not happen.",
    Found.UNCLEAR: "The records show neither clearly: compare both sides and decide.",
}


@dataclass(frozen=True, slots=True)
class Image:
    """One record at one moment."""

    values: Mapping[str, Any]
    modified_at: dt.datetime
    modified_by: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One change: what was asked, the record just before the write, and the record now."""

    operation: str
    proposed: Mapping[str, Any]
    before: Image | None
    now: Image | None
    # For a create: whether nobody but us could have made a record with this key.
    own_key: bool = False


def judge(evidence: Sequence[Evidence], *, writer_id: str) -> Found:
    """Return whether the whole commit happened; all of its changes happen, or none."""
    found = {_judge(one, writer_id) for one in evidence}
    return found.pop() if len(found) == 1 else Found.UNCLEAR


def _judge(one: Evidence, writer_id: str) -> Found:
    if one.operation == "create":
        return _judge_create(one, writer_id)
    if one.now is None:
        return Found.WRITTEN if one.operation == "delete" else Found.UNCLEAR
    if one.before is None:
        return Found.UNCLEAR
    if _unchanged(one.before, one.now):
        return Found.NOT_WRITTEN
    if one.operation == "delete" or one.now.modified_at < one.before.modified_at:
        return Found.UNCLEAR
    return Found.WRITTEN if _made_by_us(one, one.now, writer_id) else Found.UNCLEAR


def _judge_create(one: Evidence, writer_id: str) -> Found:
    if one.now is None:
        return Found.NOT_WRITTEN
    if one.own_key or _made_by_us(one, one.now, writer_id):
        return Found.WRITTEN
    return Found.UNCLEAR


def _made_by_us(one: Evidence, now: Image, writer_id: str) -> bool:
    return now.modified_by == writer_id and all(
        same_value(now.values.get(name), value) for name, value in one.proposed.items()
    )


def _unchanged(before: Image, now: Image) -> bool:
    """Say whether nobody wrote the record: its stamp has one-second grain, so values count."""
    return (
        before.modified_at == now.modified_at
        and before.modified_by == now.modified_by
        and all(same_value(now.values.get(name), value) for name, value in before.values.items())
    )
