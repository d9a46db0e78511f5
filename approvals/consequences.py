"""What happens when this is approved, from what is known of it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from approvals.states import Operation
from orchestrator.workflows.definition import ActionDefinition, Reversibility

CONTROL = "control"


class Asked(Protocol):
    """One change, as far as its consequences go."""

    operation: str
    object_name: str
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that follows."""

    icon: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is known of the way from an approval to the write."""

    changes: Sequence[Asked]
    action: ActionDefinition | None
    org_kind: str
    # Approvals of the open stage that are still missing, this one included; stages after it.
    votes_missing: int = 1
    stages_after: Sequence[str] = ()
    undo_seconds: int = 0
    windows: bool = False


def consequences(ahead: Ahead) -> list[Consequence]:
    """Return what follows from an approval, first what is written, last what is not ours."""
    found = [
        Consequence("database", "quiet", _written(ahead)),
        _when(ahead),
        _way_back(ahead),
        Consequence(
            "arrows-exchange",
            "quiet",
            "If the record moves before that, nothing is written and it comes back to people.",
        ),
    ]
    if ahead.org_kind != CONTROL:
        words = (
            "Automation in the CRM (flows, triggers, e-mails) may act on the change; "
            "what it does is not ours to undo."
        )
        found.append(Consequence("bolt", "quiet", words))
    return found


def _written(ahead: Ahead) -> str:
    if ahead.org_kind == CONTROL:
        return "Configuration of Countersign changes. Nothing is written to the CRM."
    counts = Counter(str(change.operation) for change in ahead.changes)
    fields = sum(len(change.fields) for change in ahead.changes if change.operation == "update")
    parts = []
    if updates := counts[Operation.UPDATE]:
        parts.append(f"writes {_many(fields, 'field')} of {_many(updates, 'record')}")
    if creates := counts[Operation.CREATE]:
        parts.append(f"creates {_many(creates, 'record')}")
    if deletes := counts[Operation.DELETE]:
        parts.append(f"deletes {_many(deletes, 'record')}")
    together = ", all or nothing" if len(ahead.changes) > 1 else ""
    sentence = f"{_joined(parts)}{together}."
    return f"One call to the CRM {sentence} Nothing else is written."


def _when(ahead: Ahead) -> Consequence:
    if ahead.votes_missing > 1 or ahead.stages_after:
        needed = []
        if ahead.votes_missing > 1:
            needed.append(f"{_many(ahead.votes_missing - 1, 'more approval')} of this stage")
        needed += [f"the approval of {title}" for title in ahead.stages_after]
        words = f"Yours is not the last word: {_joined(needed)} must follow."
        return Consequence("users", "info", words)
    inside = " inside its change windows" if ahead.windows else ""
    if ahead.undo_seconds > 0:
        words = (
            f"Yours is the last approval needed. It is written after "
            f"{_many(ahead.undo_seconds, 'second')}{inside}; until then you can undo it."
        )
    else:
        words = f"Yours is the last approval needed. It is written within seconds{inside}."
    return Consequence("clock-play", "info", words)


def _way_back(ahead: Ahead) -> Consequence:
    action = ahead.action
    if action is None or action.reversible is False:
        return Consequence("lock", "bad", "It cannot be undone: the workflow says so.")
    deletes = any(change.operation == Operation.DELETE for change in ahead.changes)
    words = "It can be taken back: what stood there before is kept. What people edit since stays."
    if deletes:
        words = "It can be taken back in part: a deleted record is made again under another id."
    if isinstance(action.reversible, Reversibility):
        how = action.reversible
        words = f"{words} How: {_plain(how.how)}."
        if how.also:
            words = f"{words} Along with it: {_joined([_plain(each) for each in how.also])}."
    return Consequence("arrow-back-up", "warn" if deletes else "good", words)


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
