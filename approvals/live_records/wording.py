"""The CRM's words for what a page shows: labels of fields and choices, names of records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from approvals.legend import NO_LEGEND, Legend
from approvals.live_records import kept
from approvals.live_records.looking import CURRENCY_FIELD, Answer, Look
from approvals.masking import CLEAR, Mask
from approvals.models import Change
from orchestrator.connectors.base import FieldDescription, RecordKey
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.orgs.models import Org

# Names change rarely; one that could not be read may be readable soon.
NAME_SECONDS, NAMELESS_SECONDS = 600, 60
MOST_NAMES = 50
USER = "User"
Fields = Mapping[str, FieldDescription]


def legend_of(*, org: Org, changes: Sequence[Change], seen: Look, mask: Mask = CLEAR) -> Legend:
    """Return the words for the changes that a reader may see; none while the CRM is silent."""
    if seen.answer == Answer.SILENT:
        return NO_LEGEND
    try:
        described = described_fields(org, changes)
    except ConnectorError:
        return NO_LEGEND
    references = {path: each.references for path, each in described.items() if each.references}
    return Legend(
        labels={path: each.label for path, each in described.items()},
        kinds={path: each.type for path, each in described.items()},
        picklists={path: dict(each.labels) for path, each in described.items() if each.labels},
        references=references,
        names={
            **_seen_names(org, _referred(changes, seen, references), mask),
            **_own_names(changes, mask),
        },
        currencies=_currencies(changes, seen),
        currency=str(settings.COUNTERSIGN["crm_currency"]),
    )


def described_fields(org: Org, changes: Iterable[Change]) -> dict[str, FieldDescription]:
    """
    Return how the org describes every field of the changed objects, by Object.Field.

    :raises ConnectorError: if the org cannot be asked
    """
    connector = connector_for(org)
    objects = {change.object_name for change in changes}
    return {
        f"{name}.{field}": described
        for name in sorted(objects)
        for field, described in connector.describe(name).fields.items()
    }


def names_of(*, org: Org, records: Iterable[RecordKey]) -> dict[str, str]:
    """Return what records are called, by id: one call an object, kept for ten minutes."""
    wanted = {kept.key_of("name", org.pk, *record): record for record in records}
    known = kept.load(wanted)
    missing = [record for key, record in wanted.items() if key not in known][:MOST_NAMES]
    by_object: dict[str, list[RecordKey]] = defaultdict(list)
    for record in missing:
        by_object[record.object_name].append(record)
    found = {wanted[key].record_id: name for key, name in known.items()}
    for asked in by_object.values():
        found.update(_asked(org, asked))
    return {record_id: name for record_id, name in found.items() if name}


def _seen_names(org: Org, records: Sequence[RecordKey], mask: Mask) -> dict[str, str]:
    names = names_of(org=org, records=records)
    shown = {
        record.record_id: mask.label(record.object_name, names[record.record_id])
        for record in records
        if record.record_id in names
    }
    return {record_id: name for record_id, name in shown.items() if name}


def _own_names(changes: Sequence[Change], mask: Mask) -> dict[str, str]:
    """Return the names of the changed records: what is made with them points at them."""
    named = {
        change.record_id: mask.label(change.object_name, change.record_label)
        for change in changes
        if change.record_id and change.record_label
    }
    return {record_id: name for record_id, name in named.items() if name}


def _asked(org: Org, records: Sequence[RecordKey]) -> dict[str, str]:
    try:
        read = connector_for(org).read(dict.fromkeys(records, ()))
    except ConnectorError:
        # An object that our user may not read: the ids stand for themselves.
        read = {}
    names = {
        record: snapshot.label
        for record in records
        if (snapshot := read.get(record)) and snapshot.label != record.record_id
    }
    _keep(org, names, seconds=NAME_SECONDS)
    nameless = [record for record in records if record not in names]
    _keep(org, dict.fromkeys(nameless, ""), seconds=NAMELESS_SECONDS)
    return {record.record_id: name for record, name in names.items()}


def _keep(org: Org, names: Mapping[RecordKey, str], *, seconds: int) -> None:
    if names:
        named = {kept.key_of("name", org.pk, *record): name for record, name in names.items()}
        kept.save(named, seconds=seconds)


def _referred(
    changes: Sequence[Change], seen: Look, references: Mapping[str, Sequence[str]]
) -> list[RecordKey]:
    """Return every record that a value points at, and who changed the records last."""
    found: dict[RecordKey, None] = {}
    for change in changes:
        live = seen.records.get(change.position)
        for values in (
            change.fields,
            change.base or {},
            change.expect,
            live.values if live else {},
        ):
            for name, value in (values or {}).items():
                targets = references.get(f"{change.object_name}.{name}", ())
                found.update(dict.fromkeys(_targets(targets, value)))
        if live is not None and live.modified_by:
            found[RecordKey(USER, live.modified_by)] = None
    return list(found)


def _targets(objects: Sequence[str], value: Any) -> Iterable[RecordKey]:
    """Return what an id may be; of many objects only a user or a queue has a name in sight."""
    if not isinstance(value, str) or not value:
        return []
    if len(objects) == 1:
        return [RecordKey(objects[0], value)]
    return [RecordKey(USER, value)] if USER in objects and value.startswith("005") else []


def _currencies(changes: Sequence[Change], seen: Look) -> dict[int, str]:
    found = {}
    for change in changes:
        live = seen.records.get(change.position)
        code = (live.values or {}).get(CURRENCY_FIELD) if live else None
        if isinstance(code, str) and code:
            found[change.position] = code
    return found
