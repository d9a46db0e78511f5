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


class Basis(Choices):
    """What a finding rests on."""

    MARKER = "marker"
    STAMP = "stamp"
    VALUES = "values"


WORDS = {
    (Found.WRITTEN, Basis.MARKER): "The CRM has the marker of this commit: it happened.",
    (Found.NOT_WRITTEN, Basis.MARKER): (
        "The CRM has no marker of this commit, which it would have: it did not happen."
    ),
    (Found.WRITTEN, Basis.STAMP): "The records carry the stamp of this commit: it happened.",
    (Found.NOT_WRITTEN, Basis.STAMP): (
        "The records still carry the stamp of before, which the write replaces: it did not happen."
    ),
    (Found.WRITTEN, Basis.VALUES): (
        "The records have the approved values, written by us: it happened."
    ),
    (Found.NOT_WRITTEN, Basis.VALUES): (
        "The records are as they were just before: it did not happen."
    ),
    (Found.UNCLEAR, Basis.STAMP): (
        "The stamps of the records contradict each other or what stands there: compare and decide."
    ),
    (Found.UNCLEAR, Basis.VALUES): (
        "The records show neither clearly: compare both sides and decide."
    ),
}


@dataclass(frozen=True, slots=True)
class Image:
    """One record at one moment."""

    values: Mapping[str, Any]
    modified_at: dt.datetime
    modified_by: str
    # The commit that wrote it last, "" for none of ours; None where records carry no stamp.
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One change: what was asked, the record just before the write, and the record now."""

    operation: str
    proposed: Mapping[str, Any]
    before: Image | None
    now: Image | None
    # For a create: whether nobody but us could have made a record with this key.
    own_key: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, and what that rests on."""

    found: Found
    basis: Basis = Basis.VALUES

    @property
    def words(self) -> str:
        """Say it to people."""
        return WORDS[self.found, self.basis]


def judge(
    evidence: Sequence[Evidence],
    *,
    commit_id: str,
    writer_id: str,
    marker: bool | None = None,
) -> Judgement:
    """
    Return whether the whole commit happened; all of its changes happen, or none.

    `marker` says whether a marker that was sent with it is there; None if none was sent or none
    can be read. A marker outlasts every edit of the records, and a stamp every edit of its own
    record, so one of them decides for all; values are asked only where neither speaks.
    """
    if marker is not None:
        return Judgement(Found.WRITTEN if marker else Found.NOT_WRITTEN, Basis.MARKER)
    stamps = {_by_stamp(one, commit_id, writer_id) for one in evidence} - {None}
    if stamps:
        return Judgement(_all_say(stamps), Basis.STAMP)
    return Judgement(_all_say({_judge(one, writer_id) for one in evidence}))


def _all_say(found: set[Any]) -> Found:
    [first, *others] = found
    return Found.UNCLEAR if others else first


def _by_stamp(one: Evidence, commit_id: str, writer_id: str) -> Found | None:
    """
    Return what the stamp of a record proves, if anything.

    One that is ours proves the write, whoever edited the record since. One that is as it was proves
    that there was none: a write would have replaced it in the same save. What another hand put
    there or took away proves nothing.
    """
    if one.now is None or one.now.stamp is None or one.operation == "delete":
        return None
    if one.now.stamp == commit_id:
        return Found.WRITTEN
    if one.before is None or one.before.stamp is None or one.now.stamp != one.before.stamp:
        return None
    # Our values by our user under the old stamp: something in the org takes stamps back.
    return Found.UNCLEAR if _written_by_us(one, one.now, writer_id) else Found.NOT_WRITTEN


def _written_by_us(one: Evidence, now: Image, writer_id: str) -> bool:
    moved = one.before is not None and not _unchanged(one.before, now)
    return moved and _made_by_us(one, now, writer_id)


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
    if _stamped_by_another(one.before, one.now):
        return Found.UNCLEAR
    return Found.WRITTEN if _made_by_us(one, one.now, writer_id) else Found.UNCLEAR


def _stamped_by_another(before: Image, now: Image) -> bool:
    """Say whether another commit wrote the record since: what stands there is that one's."""
    return before.stamp is not None and bool(now.stamp) and now.stamp != before.stamp


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
