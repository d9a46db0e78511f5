"""Fill an org with records at once: references by local keys, dates as they are given."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import Refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.incoming import read_values
from orchestrator.simulator.org import Org
from orchestrator.simulator.saving import insert

KEY = "@"


class BadSeed(ValueError):
    """A seed that cannot be taken in; nothing of it was."""


def seed(org: Org, records: Sequence[Any]) -> dict[str, str]:
    """
    Insert records as if they had always been there; return their ids by key.

    A record is {object, key?, fields}. In a reference field, "@key" stands for the record seeded
    under that key before it, or for one of the people every org has ("@maya_ruiz").

    :raises BadSeed: naming the first record that is wrong; nothing is kept then
    """
    context = org.context(user_id=org.automation_user)
    made: dict[str, str] = {}
    for place, record in enumerate(records):
        try:
            _insert(context, record, made)
        except (Refusal, ValueError) as error:
            org.store.roll_back()
            raise BadSeed(f"Record {place} of the seed: {error} ({_shown(record)})") from error
    org.keys.update(made)
    org.save_settings(keys=org.keys)
    return made


def resolve(org: Org, text: str, more: Mapping[str, str] | None = None) -> str:
    """
    Return the id that "@key", a plain key, a user name or an id stands for.

    :raises ValueError: if nothing is known under that name
    """
    key = text.removeprefix(KEY)
    found = (more or {}).get(key) or org.keys.get(key) or org.user_named(text)
    if found is not None:
        return found
    if text.startswith(KEY):
        raise ValueError(f"There is no record with the key {text!r} before this one.")
    return text


def _insert(context: Context, record: Any, made: dict[str, str]) -> None:
    kind, fields = _read(context, record)
    values = {
        name: resolve(context.org, value, made) if _is_key(kind, name, value) else value
        for name, value in fields.items()
    }
    given = read_values(context, kind, values, creating=True, trusted=True)
    owner = given.get("OwnerId") or ""
    if owner.startswith("005"):
        given.setdefault("CreatedById", owner)
    record_id = insert(context, kind, given, logged=False)
    if record.get("key"):
        made[str(record["key"])] = record_id


def _read(context: Context, record: Any) -> tuple[ObjectType, Mapping[str, Any]]:
    if not isinstance(record, Mapping) or not isinstance(record.get("fields"), Mapping):
        raise ValueError("each record is {object, key?, fields}")  # noqa: TRY004 - one refusal
    kind = context.org.schema.named(str(record.get("object")))
    if kind is None:
        raise ValueError(f"there is no object {record.get('object')!r}")
    return kind, record["fields"]


def _is_key(kind: ObjectType, name: str, value: Any) -> bool:
    field = kind.field(name)
    return (
        isinstance(value, str)
        and value.startswith(KEY)
        and field is not None
        and field.type == "reference"
    )


def _shown(record: Any) -> str:
    return repr(record)[:200]
