"""Sections and verdicts as people read them. Pure."""

from dataclasses import dataclass

from orchestrator.duties.states import DutyKind, Verdict


@dataclass(frozen=True, slots=True)
class Section:
    """The heading over lines of one kind."""

    title: str
    icon: str


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """A verdict on its button, and once it is given."""

    button: str
    given: str
    icon: str
    style: str
    tone: str


SECTIONS = {
    "grants": Section("What agents may propose", "robot"),
    "keys": Section("Keys of agents", "key"),
    "rights": Section("What roles may do", "shield-check"),
    "members": Section("Who is in which role", "users"),
    "staff": Section("Staff", "shield-lock"),
    "dormant": Section("Accounts that nobody uses", "user-off"),
    "settings": Section("How it is set up", "settings"),
    "deciders": Section("Who decides", "users"),
    "halts": Section("Halted now", "hand-stop"),
    "changes": Section("What changed since the last audit", "history"),
    "failures": Section("Failures and writes taken back", "alert-octagon"),
    "decisions": Section("Denied, expired, moved or unsure", "gavel"),
    "time": Section("Too late", "clock-exclamation"),
    "crm": Section("Not as we wrote it", "scale"),
    "nothing": Section("This time", "circle-check"),
}
VERDICTS = {
    Verdict.KEEP: VerdictWords("Keep", "Keep", "check", "btn-success", "good"),
    Verdict.REVOKE: VerdictWords("Revoke", "Revoked", "trash-x", "btn-outline-danger", "bad"),
    Verdict.FIX: VerdictWords("Needs fixing", "Needs fixing", "tool", "btn-outline-danger", "warn"),
    Verdict.NOTE: VerdictWords("Note", "Noted", "note", "btn", "info"),
    Verdict.ACCEPTED: VerdictWords("Accept", "Accepted", "check", "btn-success", "good"),
    Verdict.NEEDS_CHANGE: VerdictWords(
        "Needs a change", "Needs a change", "tool", "btn-outline-danger", "warn"
    ),
}
# Nothing is kept or taken away by an audit: it is in order, or not.
IN_ORDER = VerdictWords("In order", "In order", "check", "btn-success", "good")


def words_of(verdict: str, *, kind: str) -> VerdictWords:
    """Return a verdict as people read it on a line of this kind of duty."""
    if kind == DutyKind.WORKFLOW_AUDIT and verdict == Verdict.KEEP:
        return IN_ORDER
    return VERDICTS[Verdict(verdict)]
