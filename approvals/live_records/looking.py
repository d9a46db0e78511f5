"""
Reading the records of a proposal now: one call to the CRM for everybody who looks within seconds.

A hundred open pages cost as many calls as one. Whoever comes while somebody asks is told so, and a
CRM that did not answer is left alone for a moment, so that no page waits for it in vain.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from approvals.live_records import kept
from approvals.models import Change
from approvals.states import Operation
from orchestrator.connectors.base import RecordKey, Snapshot
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.choices import Choices
from orchestrator.orgs.models import Org

CURRENCY_FIELD = "CurrencyIsoCode"
# How long one question may take before another page asks again, and how long silence is believed.
ASKING_SECONDS, SILENT_SECONDS = 35, 5


class Answer(Choices):
    """What came of looking."""

    READ = "read"
    # Another page is asking right now: look again in a second.
    ASKING = "asking"
    SILENT = "silent"
    # There is no record to read: only creates, or nothing was read yet.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """One record at one moment; without values it is gone."""

    at: dt.datetime
    values: Mapping[str, Any] | None
    label: str = ""
    modified_at: dt.datetime | None = None
    modified_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the records of a proposal are now, by position of the change."""

    answer: Answer
    records: Mapping[int, LiveRecord] = field(default_factory=dict)

    @property
    def read_at(self) -> dt.datetime | None:
        """Return when the oldest of the records was read."""
        return min((record.at for record in self.records.values()), default=None)


def look(
    *, org: Org, changes: Sequence[Change], at: dt.datetime, waits_its_turn: bool = True
) -> Look:
    """
    Return the records as they are, not older than `live_seconds`.

    Who decides does not wait their turn: they ask even while somebody else does.
    """
    read = [each for each in changes if _is_read(each)]
    if not read:
        return Look(answer=Answer.NOTHING)
    if kept.load([_silence(org)]):
        return Look(answer=Answer.SILENT)
    try:
        return _look(org, read, at, waits_its_turn)
    except ConnectorError:
        kept.save({_silence(org): True}, seconds=SILENT_SECONDS)
        return Look(answer=Answer.SILENT)


def _look(org: Org, changes: Sequence[Change], at: dt.datetime, waits_its_turn: bool) -> Look:  # noqa: FBT001 - as it was asked
    wanted = {each.position: _names(org, each) for each in changes}
    keys = {each.position: _key(org, each, wanted[each.position]) for each in changes}
    records = _kept(keys, changes, at)
    missing = [each for each in changes if each.position not in records]
    if not missing:
        return Look(answer=Answer.READ, records=records)
    turn = kept.key_of("asking", *(keys[each.position] for each in missing))
    if not kept.claim(turn, seconds=ASKING_SECONDS) and waits_its_turn:
        return Look(answer=Answer.ASKING)
    try:
        found = _read(org, missing, wanted, at)
    finally:
        kept.drop([turn])
    kept.save({keys[place]: record for place, record in found.items()}, seconds=_seconds())
    return Look(answer=Answer.READ, records={**records, **found})


def _is_read(change: Change) -> bool:
    return change.operation != Operation.CREATE and change.base is not None


def _names(org: Org, change: Change) -> list[str]:
    """
    Return what is compared, and the record's currency if it has one.

    :raises ConnectorError: if the org cannot be asked
    """
    described = connector_for(org).describe(change.object_name).fields
    names = set(change.base or {})
    return sorted(names | {CURRENCY_FIELD} if CURRENCY_FIELD in described else names)


def _key(org: Org, change: Change, names: Iterable[str]) -> str:
    return kept.key_of("record", org.pk, change.object_name, change.record_id, *names)


def _kept(
    keys: Mapping[int, str], changes: Sequence[Change], at: dt.datetime
) -> dict[int, LiveRecord]:
    """Return what was read lately, and not before the record was as the change is based on."""
    found = kept.load(keys.values())
    oldest = at - dt.timedelta(seconds=_seconds())
    bases = {each.position: each.base_modified_at for each in changes}
    return {
        place: found[key]
        for place, key in keys.items()
        if isinstance(found.get(key), LiveRecord)
        and oldest <= found[key].at
        and not _is_outdated(found[key], bases[place])
    }


def _is_outdated(record: LiveRecord, base: dt.datetime | None) -> bool:
    return record.modified_at is not None and base is not None and record.modified_at < base


def _read(
    org: Org, changes: Sequence[Change], names: Mapping[int, Sequence[str]], at: dt.datetime
) -> dict[int, LiveRecord]:
    wanted: dict[RecordKey, dict[str, None]] = {}
    for change in changes:
        wanted.setdefault(_record(change), {}).update(dict.fromkeys(names[change.position]))
    found = connector_for(org).read({key: list(fields) for key, fields in wanted.items()})
    return {change.position: _live(found.get(_record(change)), at) for change in changes}


def _record(change: Change) -> RecordKey:
    return RecordKey(change.object_name, change.record_id)


def _live(snapshot: Snapshot | None, at: dt.datetime) -> LiveRecord:
    if snapshot is None:
        return LiveRecord(at, None)
    return LiveRecord(
        at, dict(snapshot.values), snapshot.label, snapshot.modified_at, snapshot.modified_by
    )


def _silence(org: Org) -> str:
    return kept.key_of("silent", org.pk)


def _seconds() -> int:
    return int(settings.COUNTERSIGN["live_seconds"])
