"""Who may see and write what: objects and fields, user by user; without a rule everything."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import Refusal, refusal
from orchestrator.simulator.fields import OPERATIONS, Field, ObjectType
from orchestrator.simulator.schema import Schema
from orchestrator.simulator.soql.source import ObjectInfo
from orchestrator.simulator.soql.source import Row as AnyRow

if TYPE_CHECKING:
    from orchestrator.simulator.store import Store

READ = "read"
FIELD_RIGHTS = ("none", "read", "edit")
RULE_NAMES = frozenset({"admin", "objects", "fields"})


class Permissions:
    """The rules of every user that has some."""

    def __init__(self, schema: Schema) -> None:
        """Let everybody do everything."""
        self._schema = schema
        self._rules: dict[str, Mapping[str, Any]] = {}
        self._seen: dict[tuple[str, str], ObjectType | None] = {}

    def give(self, user_id: str, rules: Mapping[str, Any]) -> None:
        """
        Replace the rules of a user: {admin, objects: {name: [rights]}, fields: {name: {…}}}.

        :raises ValueError: if they are not understood; then nothing changes
        """
        self._check(rules)
        self._rules[user_id] = dict(rules)
        self._seen.clear()

    def state(self) -> dict[str, Any]:
        """Return all rules by user."""
        return dict(self._rules)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up saved rules."""
        self._rules = dict(state)
        self._seen.clear()

    def is_admin(self, user_id: str) -> bool:
        """Say whether locks do not hold for a user."""
        return bool(self._rules.get(user_id, {}).get("admin"))

    def named(self, user_id: str, name: str) -> ObjectType | None:
        """Return an object type as a user sees it, or None if there is none for them."""
        kind = self._schema.named(name)
        if kind is None or user_id not in self._rules:
            return kind
        key = (user_id, kind.name)
        if key not in self._seen:
            self._seen[key] = _seen(kind, self._rules[user_id])
        return self._seen[key]

    def types(self, user_id: str) -> list[ObjectType]:
        """Return every object type that a user sees, as they see it."""
        seen = (self.named(user_id, kind.name) for kind in self._schema.types)
        return [kind for kind in seen if kind is not None]

    def _check(self, rules: Mapping[str, Any]) -> None:
        objects, fields = rules.get("objects") or {}, rules.get("fields") or {}
        for name in (*objects, *fields):
            if self._schema.named(name) is None:
                raise ValueError(f"There is no object {name!r}.")
        rights = {right for given in objects.values() for right in given}
        wanted = {right for given in fields.values() for right in given.values()}
        unknown = [name for kind, given in fields.items() for name in given
                   if self._schema.blank[kind].get(name, "") is not None]  # fmt: skip
        if rights - {READ, *OPERATIONS} or wanted - set(FIELD_RIGHTS) or set(rules) - RULE_NAMES:
            known = f"{READ}, {', '.join(sorted(OPERATIONS))}; fields: {', '.join(FIELD_RIGHTS)}"
            raise ValueError(f"Rules are {', '.join(sorted(RULE_NAMES))}; rights are {known}.")
        if unknown:
            raise ValueError(f"There is no field {unknown[0]!r}.")


class Sight:
    """The rows of an org as the query engine may show them to one user."""

    def __init__(self, context: Context) -> None:
        """Look at the context's org with the eyes of its user."""
        self._store: Store = context.org.store
        self._permissions: Permissions = context.org.permissions
        self._user_id = context.user_id

    def object_named(self, name: str) -> ObjectInfo | None:
        """Return the object of that name as the user sees it, or None."""
        kind = self._permissions.named(self._user_id, name)
        return None if kind is None else self._store.schema.info_of(kind)

    def rows(self, object_name: str) -> Iterable[AnyRow]:
        """Return every row of an object, deleted ones too."""
        return self._store.rows(object_name)

    def row(self, object_name: str, record_id: str) -> AnyRow | None:
        """Return a row, deleted or not, or None."""
        return self._store.row(object_name, record_id)


def check(context: Context, kind: ObjectType, operation: str) -> None:
    """
    Refuse what a user may not do to records of an object.

    :raises Refusal: INSUFFICIENT_ACCESS_OR_READONLY
    """
    if operation not in kind.allowed:
        message = "insufficient access rights on object id"
        raise access_refused(context, "INSUFFICIENT_ACCESS_OR_READONLY", message)


def access_refused(context: Context, code: str, message: str) -> Refusal:
    """Return a refusal for lack of access, with the status that the org's switch says."""
    return refusal(code, message, [], status=context.org.switches["access_status"])


def _seen(kind: ObjectType, rules: Mapping[str, Any]) -> ObjectType | None:
    allowed = set((rules.get("objects") or {}).get(kind.name, (READ, *OPERATIONS)))
    if READ not in allowed:
        return None
    rights = (rules.get("fields") or {}).get(kind.name, {})
    fields = {
        name: _field(field, rights.get(field.name, "edit"))
        for name, field in kind.fields.items()
        if rights.get(field.name) != "none"
    }
    return replace(kind, fields=fields, allowed=frozenset(allowed - {READ}))


def _field(field: Field, right: str) -> Field:
    return replace(field, writable=False) if right == "read" else field
