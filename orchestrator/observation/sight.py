"""One look at the CRM: every record of many observations, in as few calls as possible."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.connectors.base import Connector, RecordKey, Snapshot
from orchestrator.connectors.errors import Rejected
from orchestrator.observation.agreement import SETTLED
from orchestrator.observation.models import Observation
from orchestrator.observation.states import Result

# The part of a Salesforce id that tells: the other three characters are a check sum of it.
TELLING = 15
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look saw."""

    writer: str
    # The fields that our user may read, by object; objects closed to it are left out.
    readable: Mapping[str, frozenset[str]]
    records: Mapping[RecordKey, Snapshot | None]
    # Records that were to be created, by object and external id, where somebody created them.
    created: Mapping[tuple[str, str], Snapshot]

    def shows(self, line: Line) -> bool:
        """Say whether the field of this line could be read."""
        readable = self.readable.get(line["object"])
        return readable is not None and (not line["field"] or line["field"] in readable)

    def by_us(self, snapshot: Snapshot) -> bool:
        """Say whether we ourselves saved this record last."""
        return bool(self.writer) and snapshot.modified_by[:TELLING] == self.writer[:TELLING]


def look(connector: Connector, observations: Sequence[Observation], *, at: dt.datetime) -> Sight:
    """
    Read what these observations watch: every record once, and only what may still change a result.

    :raises ConnectorError: if the CRM cannot be asked
    """
    lines = [line for each in observations for line in each.fields]
    watched = [line for line in lines if line["record"] and Result(line["result"]) not in SETTLED]
    readable = _readable(connector, {line["object"] for line in watched})
    wanted: dict[RecordKey, set[str]] = defaultdict(set)
    for line in watched:
        if line["object"] in readable:
            known = readable[line["object"]]
            wanted[key_of(line)].update(known.intersection([line["field"]]))
    asked = {key: sorted(names) for key, names in wanted.items()}
    ending = [line for each in observations if each.ends_at <= at for line in each.fields]
    return Sight(
        writer=connector.writer_id,
        readable=readable,
        records=connector.read(asked) if asked else {},
        created=_created(connector, ending),
    )


def key_of(line: Line) -> RecordKey:
    """Return which record a line is about."""
    return RecordKey(line["object"], line["record"])


def _readable(connector: Connector, objects: set[str]) -> dict[str, frozenset[str]]:
    found = {}
    for name in sorted(objects):
        try:
            found[name] = frozenset(connector.describe(name).fields)
        except Rejected:
            # Closed to our user: what it holds cannot be compared.
            continue
    return found


def _created(connector: Connector, lines: Sequence[Line]) -> dict[tuple[str, str], Snapshot]:
    """Look for records that people made themselves: only a key of its own can find one."""
    found = {}
    for line in lines:
        if line["operation"] != "create" or not line["external_id"]:
            continue
        try:
            snapshot = connector.find_by_external_id(line["object"], line["external_id"])
        except Rejected:
            continue
        if snapshot is not None:
            found[line["object"], line["external_id"]] = snapshot
    return found
