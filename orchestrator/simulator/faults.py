"""Faults on request: rules that make the next matching calls or writes go wrong."""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from orchestrator.simulator.errors import Refusal, refusal


class Kind(StrEnum):
    """What goes wrong. The first two happen to a record, the others to a whole request."""

    LOCK_ROW = "lock_row"
    ERROR = "error"
    UNAVAILABLE = "unavailable"
    EXPIRED = "expired"
    LIMIT_TOTAL = "limit_total"
    LIMIT_CONCURRENT = "limit_concurrent"
    MULTIPLE_CHOICES = "multiple_choices"
    LATENCY = "latency"
    DROP_BEFORE_COMMIT = "drop_before_commit"
    DROP_AFTER_COMMIT = "drop_after_commit"
    FAIL_AFTER_COMMIT = "fail_after_commit"


@dataclass(slots=True)
class Rule:
    """One rule: what goes wrong, for what, and how often (`times` None: until deleted)."""

    kind: Kind
    times: int | None = 1
    # So many matches pass unharmed first.
    skip: int = 0
    method: str = ""
    # A regular expression searched for in the path.
    path: str = ""
    object: str = ""
    record_id: str = ""
    milliseconds: int = 0
    # Latency strikes before the work or after the commit.
    when: str = "before"
    code: str = "UNKNOWN_EXCEPTION"
    message: str = "An unexpected error occurred. Please include this ErrorId if you contact us."
    status: int = 400
    fields: list[str] = field(default_factory=list)
    # The body of a 401: list (as documented), object, text or empty.
    body: str = "list"
    hits: int = 0
    id: int = 0

    @property
    def for_records(self) -> bool:
        """Say whether the rule strikes single writes instead of whole requests."""
        named = bool(self.object or self.record_id)
        return self.kind is Kind.LOCK_ROW or (self.kind is Kind.ERROR and named)

    def strikes(self) -> bool:
        """Count a match; say whether it goes wrong."""
        self.hits += 1
        return self.hits > self.skip

    @property
    def is_spent(self) -> bool:
        """Say whether the rule has struck often enough."""
        return self.times is not None and self.hits >= self.skip + self.times


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        """Start with none."""
        self._rules: list[Rule] = []
        self._numbers = itertools.count(1)
        self._method = self._path = ""

    def add(self, wanted: Mapping[str, Any]) -> Rule:
        """
        Add a rule.

        :raises ValueError: if it is not understood
        """
        unknown = set(wanted) - ({one.name for one in fields(Rule)} - {"hits", "id"})
        if unknown:
            raise ValueError(f"A fault rule has no {', '.join(sorted(unknown))}.")
        try:
            rule = Rule(**{**wanted, "kind": Kind(wanted.get("kind", ""))})
            re.compile(rule.path)
        except (ValueError, TypeError, re.error) as error:
            raise ValueError(f"{error}. Kinds are: {', '.join(Kind)}.") from error
        rule.id = next(self._numbers)
        self._rules.append(rule)
        return rule

    def all(self) -> list[dict[str, Any]]:
        """Return the rules in force."""
        return [asdict(rule) for rule in self._rules]

    def clear(self, rule_id: int | None = None) -> None:
        """Remove one rule, or all of them."""
        self._rules = [rule for rule in self._rules if rule_id not in (None, rule.id)]

    def begin(self, method: str, path: str, body: bytes) -> list[Rule]:
        """Note what request is served; return the rules that strike it."""
        self._method, self._path = method, path
        if not self._rules:
            return []
        text = f"{path} {body.decode(errors='replace')}"
        return self._struck(
            [rule for rule in self._rules if not rule.for_records and _names(rule, text)]
        )

    def before_write(self, object_name: str, record_id: str) -> None:
        """
        Strike the write of one record, if a rule says so.

        :raises Refusal: what the rule says
        """
        if not self._rules:
            return
        matching = [
            rule for rule in self._rules
            if rule.for_records
            and (not rule.object or rule.object.lower() == object_name.lower())
            and (not rule.record_id or rule.record_id[:15] == record_id[:15])
        ]  # fmt: skip
        for rule in self._struck(matching):
            raise _record_error(rule, record_id)

    def before_locking(self, record_ids: Iterable[str]) -> None:
        """
        Strike a save that locks these records too, if a rule keeps one of them locked.

        :raises Refusal: UNABLE_TO_LOCK_ROW
        """
        wanted = {record_id[:15] for record_id in record_ids} if self._rules else ()
        matching = [
            rule for rule in self._rules
            if rule.kind is Kind.LOCK_ROW and rule.record_id and rule.record_id[:15] in wanted
        ]  # fmt: skip
        for rule in self._struck(matching):
            raise _record_error(rule, "")

    def _struck(self, matching: list[Rule]) -> list[Rule]:
        struck = [
            rule for rule in matching
            if (not rule.method or rule.method.upper() == self._method)
            and (not rule.path or re.search(rule.path, self._path, re.IGNORECASE))
            and rule.strikes()
        ]  # fmt: skip
        self._rules = [rule for rule in self._rules if not rule.is_spent]
        return struck


def _names(rule: Rule, text: str) -> bool:
    words = filter(None, (rule.object, rule.record_id[:15]))
    return all(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in words)


def _record_error(rule: Rule, record_id: str) -> Refusal:
    if rule.kind is Kind.LOCK_ROW:
        message = (
            "unable to obtain exclusive access to this record or 1 records: "
            f"{(record_id or rule.record_id)[:15]}"
        )
        error = refusal("UNABLE_TO_LOCK_ROW", message, [])
        error.whole_batch = True
        return error
    return refusal(rule.code, rule.message, rule.fields, status=rule.status)
