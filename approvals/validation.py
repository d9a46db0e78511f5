"""Does a draft make sense in its workflow? Every refusal says what to send instead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from approvals.content import Draft, DraftChange
from approvals.problems import Problem
from approvals.states import Operation
from orchestrator.connectors.base import OWN_FIELDS
from orchestrator.connectors.errors import BadRecordId
from orchestrator.workflows.definition import ActionDefinition, WorkflowDefinition

MOST_CHANGES = 25
MOST_EVIDENCE = 50
EVIDENCE_KINDS = ("url", "salesforce", "quote", "file")
LINK_STARTS = ("https://", "http://")
LENGTHS = {"title": 200, "run": 200, "reason_text": 5000}
LONGEST_FIELD_TEXT = 131_072
RECORD_ID_SPACE = 80
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
# What can stand in an address of any CRM as it is.
EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}", re.ASCII)


class RecordIds(Protocol):
    """The one thing that validation asks of a connector; it talks to nobody."""

    def check_record_id(self, object_name: str, record_id: str) -> str:
        """Return the record id in its full form."""


def with_full_ids(draft: Draft, ids: RecordIds) -> tuple[Draft, list[Problem]]:
    """Return the draft with every record id in its full form, and the ids that cannot be one."""
    problems: list[Problem] = []
    changes = []
    for number, change in enumerate(draft.changes):
        full = change.record_id
        if full and change.operation != Operation.CREATE:
            try:
                full = ids.check_record_id(change.object_name, full)
            except BadRecordId as error:
                problems.append(Problem(error.code, f"/changes/{number}/id", error.detail))
        changes.append(replace(change, record_id=full))
    return replace(draft, changes=changes), problems


def problems_of(draft: Draft, definition: WorkflowDefinition) -> list[Problem]:
    """Return everything that makes no sense in the workflow, most basic first."""
    action = definition.actions.get(draft.action)
    if action is None:
        known = ", ".join(sorted(definition.actions))
        text = f"The workflow has no action {draft.action!r}; use one of {known}."
        return [Problem("unknown_action", "/action", text)]
    return [
        *_sizes(draft),
        *_reasons(draft, action),
        *_evidence(draft, action),
        *_repeated_records(draft),
        *(
            problem
            for number, change in enumerate(draft.changes)
            for problem in _change(change, action, f"/changes/{number}")
        ),
    ]


def _sizes(draft: Draft) -> Iterator[Problem]:
    if not draft.changes:
        yield Problem("no_changes", "/changes", "Ask for at least one change.")
    # A delete is two steps of a call: the guard, then the delete itself.
    deletes = sum(1 for change in draft.changes if change.operation == Operation.DELETE)
    if len(draft.changes) + deletes > MOST_CHANGES:
        text = f"A proposal has at most {MOST_CHANGES} changes, where a delete counts as two; "
        text += "send several proposals."
        yield Problem("too_many_changes", "/changes", text)
    if len(draft.evidence) > MOST_EVIDENCE:
        text = f"A proposal has at most {MOST_EVIDENCE} pieces of evidence."
        yield Problem("too_much_evidence", "/evidence", text)
    for name, most in LENGTHS.items():
        if len(getattr(draft, name)) > most:
            path = "/" + name.replace("_", "/")
            yield Problem("text_too_long", path, f"At most {most} characters fit here.")
    if draft.timeout is not None and draft.timeout.total_seconds() <= 0:
        yield Problem("bad_timeout", "/timeout", "A timeout is longer than nothing.")


def _reasons(draft: Draft, action: ActionDefinition) -> Iterator[Problem]:
    if action.reasons and draft.reason_code not in action.reasons:
        text = f"Use one of the action's reason codes: {', '.join(action.reasons)}."
        yield Problem("reason_not_listed", "/reason/code", text)
    if not draft.reason_code.strip():
        yield Problem("reason_missing", "/reason/code", "Give a reason code.")
    if not draft.reason_text.strip():
        yield Problem("reason_missing", "/reason/text", "Say in words why.")


def _evidence(draft: Draft, action: ActionDefinition) -> Iterator[Problem]:
    for number, item in enumerate(draft.evidence):
        yield from _piece(item, f"/evidence/{number}")
    need = action.evidence
    if need is None:
        return
    fitting = [item for item in draft.evidence if item.get("kind") in need.kinds]
    if len(fitting) < need.at_least:
        text = f"Give at least {need.at_least} of these kinds: {', '.join(need.kinds)}."
        yield Problem("evidence_missing", "/evidence", text)


def _piece(item: Mapping[str, Any], path: str) -> Iterator[Problem]:
    if item.get("kind") not in EVIDENCE_KINDS:
        text = f"Evidence is of one of these kinds: {', '.join(EVIDENCE_KINDS)}."
        yield Problem("evidence_kind_unknown", f"{path}/kind", text)
    href = item.get("href") or ""
    if href and not str(href).lower().startswith(LINK_STARTS):
        yield Problem("bad_link", f"{path}/href", "A link starts with https:// or http://.")


def _repeated_records(draft: Draft) -> Iterator[Problem]:
    seen: set[tuple[str, str, str]] = set()
    for number, change in enumerate(draft.changes):
        new = change.operation == Operation.CREATE
        name, at = (change.external_id, "external_id") if new else (change.record_id, "id")
        record = (change.object_name, at, name)
        if name and record in seen:
            text = f"{change.object_name} {name} stands here twice: merge its changes."
            yield Problem("duplicate_record", f"/changes/{number}/{at}", text)
        seen.add(record)


def _change(change: DraftChange, action: ActionDefinition, path: str) -> Iterator[Problem]:
    yield from _record_named(change, path)
    yield from _values(change, path)
    targets = [each for each in action.targets if each.object == change.object_name]
    if not targets:
        known = ", ".join(dict.fromkeys(each.object for each in action.targets))
        text = f"The action does not write {change.object_name}, only {known}."
        yield Problem("object_not_in_action", f"{path}/object", text)
        return
    fitting = [each for each in targets if change.operation in each.operations]
    if not fitting:
        known = ", ".join(dict.fromkeys(name for each in targets for name in each.operations))
        text = f"The action does not {change.operation} {change.object_name}, only {known}."
        yield Problem("operation_not_in_action", f"{path}/op", text)
        return
    allowed = {name for each in fitting for name in each.fields}
    for name in sorted(set(change.fields) - allowed):
        text = f"The action does not write {change.object_name}.{name}; it writes "
        text += f"{', '.join(sorted(allowed)) or 'no fields'}."
        yield Problem("field_not_in_action", f"{path}/fields/{name}", text)


def _record_named(change: DraftChange, path: str) -> Iterator[Problem]:
    if change.operation == Operation.CREATE:
        if change.record_id:
            text = "A create has no id: leave it out, the CRM gives one."
            yield Problem("id_not_allowed", f"{path}/id", text)
    elif not change.record_id:
        text = f"Say which {change.object_name} record to {change.operation}."
        yield Problem("id_missing", f"{path}/id", text)
    if len(change.record_id) > RECORD_ID_SPACE:
        yield Problem("bad_record_id", f"{path}/id", "That is too long for a record id.")
    if change.external_id and not EXTERNAL_ID.fullmatch(change.external_id):
        text = "An external id has at most 100 letters, digits and _ . : - and begins with a "
        yield Problem("bad_external_id", f"{path}/external_id", text + "letter or digit.")


def _values(change: DraftChange, path: str) -> Iterator[Problem]:
    if change.operation == Operation.DELETE and change.fields:
        yield Problem("fields_not_allowed", f"{path}/fields", "A delete names no fields.")
    if change.operation != Operation.DELETE and not change.fields:
        yield Problem("no_fields", f"{path}/fields", "Name at least one field and its new value.")
    for name in (*change.expect, *change.depends_on):
        if not FIELD_NAME.fullmatch(name):
            yield Problem("bad_field_name", path, f"{name!r} cannot be the name of a field.")
    for name, value in change.fields.items():
        if name in OWN_FIELDS:
            text = f"{name} is filled in by Countersign, whatever is changed; leave it out."
            yield Problem("field_is_ours", f"{path}/fields/{name}", text)
        if isinstance(value, str) and len(value) > LONGEST_FIELD_TEXT:
            text = f"{name} has more than {LONGEST_FIELD_TEXT} characters."
            yield Problem("text_too_long", f"{path}/fields/{name}", text)
