"""
What an org makes of a write's condition: tried once a day, and changing nothing.

That If-Unmodified-Since guards a row inside a composite, and that its 412 takes the rest of an
all-or-none call back, is what every guarded write of ours stands on, and no document says it for
certain. So the first write of the day is preceded by an empty update that no record can satisfy.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.connectors.base import (
    Fault,
    GuardedChange,
    UnitResult,
    WriteUnit,
    needs_own_call,
)
from orchestrator.connectors.errors import ErrorClass
from orchestrator.connectors.salesforce import faults, shared
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.ids import checked_name, full_id

# No record is as old as this.
IMPOSSIBLE = {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}
NOBODY = "000000000000000AAA"
KEEP_SECONDS, DOUBT_SECONDS = 24 * 3600.0, 600.0
HONOURED, UNDOES, COUNTS_AUTOMATION = "guard_honoured", "guard_undoes", "guard_counts_automation"
IGNORED = Fault(
    ErrorClass.PERMISSION,
    "GUARD_IGNORED",
    "This org ignores If-Unmodified-Since inside a composite request, so a change by somebody "
    "else could be overwritten unseen. Nothing was sent.",
)
NOT_UNDONE = Fault(
    ErrorClass.PERMISSION,
    "GUARD_NOT_UNDONE",
    "This org does not take the rest of an all-or-none request back when a condition fails, so "
    "changes that belong together could be half written. Nothing was sent.",
)


class GuardCheck:
    """What is known of one org's guards, by this process and through Redis by the others."""

    def __init__(self, *, client: Client, base: str, key: str) -> None:
        """Keep whom to ask, and under which key to share the answers."""
        self._client = client
        self._base = base
        self._key = key
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, bool]] = {}

    def refused(self, units: Sequence[WriteUnit], *, latest: float) -> dict[str, UnitResult]:
        """
        Return the units that cannot be written safely to this org, each with its fault.

        :raises ConnectorError: if the org has to be asked and cannot be
        """
        guarded = {unit.unit_id: _guarded(unit) for unit in units if _guarded(unit)}
        records = [change for changes in guarded.values() for change in changes]
        if self._ask(HONOURED, records, latest) is False:
            return {name: UnitResult(name, IGNORED) for name in guarded}
        together = {unit.unit_id for unit in units if needs_own_call(unit)}
        return {
            name: UnitResult(name, NOT_UNDONE)
            for name, changes in guarded.items()
            if name in together and self._ask(UNDOES, changes, latest) is False
        }

    @property
    def counts_automation(self) -> bool:
        """Say whether a record that only automation touched has failed its guard here."""
        return self._known(COUNTS_AUTOMATION) is True

    def learn(self, units: Sequence[WriteUnit], results: Sequence[UnitResult]) -> None:
        """Learn from failed guards: it may be the later stamp, automation's, that counts here."""
        for unit, result in zip(units, results, strict=True):
            if result.fault is None or result.fault.code not in faults.FAILED_GUARD:
                continue
            guard = unit.changes[result.fault.position].guard
            if guard is not None and guard.modstamp > guard.modified_at:
                self.remember(COUNTS_AUTOMATION, yes=True)

    def remember(self, name: str, *, yes: bool) -> None:
        """Keep an answer: what is in order for a day, what is not for ten minutes."""
        seconds = KEEP_SECONDS if yes else DOUBT_SECONDS
        self._kept[name] = (time.monotonic() + seconds, yes)
        shared.save(f"crm-{name}:{self._key}", yes, seconds=seconds)

    def _known(self, name: str) -> bool | None:
        kept = self._kept.get(name)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        found = shared.load(f"crm-{name}:{self._key}")
        if not isinstance(found, bool):
            return None
        self._kept[name] = (time.monotonic() + DOUBT_SECONDS, found)
        return found

    def _ask(self, name: str, records: Sequence[GuardedChange], latest: float) -> bool | None:
        """Return an answer; None if every record refuses even an empty update, as it will ours."""
        with self._lock:
            known = self._known(name)
            for change in records:
                if known is not None:
                    break
                known = self._try(name, change, latest)
                if known is not None:
                    self.remember(name, yes=known)
        return known

    def _try(self, name: str, change: GuardedChange, latest: float) -> bool | None:
        rows = f"{self._base}/sobjects/{checked_name(change.object_name)}"
        row = f"{rows}/{full_id(change.record_id)}"
        # The second fails for certain where the first must not stand, and else is a mere read.
        second = f"{row}?fields=Id" if name == UNDOES else f"{rows}/{NOBODY}"
        body = {
            "allOrNone": True,
            "collateSubrequests": False,
            "compositeRequest": [
                {"method": "PATCH", "url": row, "referenceId": "guarded", "body": {},
                 "httpHeaders": {**IMPOSSIBLE, "Sforce-Auto-Assign": "FALSE"}},
                {"method": "GET", "url": second, "referenceId": "second"},
            ],
        }  # fmt: skip
        answer = self._client.post("composite", body, writes=False, latest=latest)
        items = _by_reference(answer)
        return _undoes(items) if name == UNDOES else _honours(items)


def _guarded(unit: WriteUnit) -> list[GuardedChange]:
    return [change for change in unit.changes if change.operation != "create"]


def _honours(items: Mapping[str, tuple[int, str]]) -> bool | None:
    """Judge the guarded update: 412, or taken back with the failing one after it, or its own."""
    status, code = items.get("guarded", (0, ""))
    if status == 412:
        return True
    return False if 200 <= status < 300 or code in faults.COLLATERAL else None


def _undoes(items: Mapping[str, tuple[int, str]]) -> bool | None:
    guarded, _ = items.get("guarded", (0, ""))
    status, code = items.get("second", (0, ""))
    if guarded != 412:
        return None
    if code in faults.COLLATERAL:
        return True
    return False if 200 <= status < 300 else None


def _by_reference(answer: Any) -> dict[str, tuple[int, str]]:
    items = answer.get("compositeResponse") if isinstance(answer, Mapping) else None
    found = {}
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("httpStatusCode"), int):
            errors = faults.read_errors(item.get("body"))
            code = errors[0].code if errors else ""
            found[str(item.get("referenceId"))] = (item["httpStatusCode"], code)
    return found
