"""Kinds of duties, the states of rounds and lines, and what can be said of a line."""

from orchestrator.kernel.choices import Choices


class DutyKind(Choices):
    """What somebody has to look at again and again."""

    EXCEPTION_REVIEW = "exception_review"
    ACCESS_REVIEW = "access_review"
    WORKFLOW_AUDIT = "workflow_audit"


class Rhythm(Choices):
    """When a duty comes round."""

    WEEKLY = "weekly"
    # On a day of the month; the last one where the month is shorter.
    MONTHLY = "monthly"
    # On the n-th working day of the month.
    MONTHLY_WORKING = "monthly_working"


class RoundState(Choices):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"


ROUND_MOVES: dict[RoundState, frozenset[RoundState]] = {
    RoundState.OPEN: frozenset({RoundState.IN_PROGRESS, RoundState.DONE}),
    RoundState.IN_PROGRESS: frozenset({RoundState.DONE}),
    RoundState.DONE: frozenset(),
}


class LineState(Choices):
    OPEN = "open"
    # Somebody wants it gone and could not take it away: it stays until it is really gone.
    REVOKE_ASKED = "revoke_asked"
    SIGNED = "signed"


LINE_MOVES: dict[LineState, frozenset[LineState]] = {
    LineState.OPEN: frozenset({LineState.SIGNED, LineState.REVOKE_ASKED}),
    LineState.REVOKE_ASKED: frozenset({LineState.SIGNED}),
    LineState.SIGNED: frozenset(),
}


class Verdict(Choices):
    """What a person says of a line."""

    KEEP = "keep"
    REVOKE = "revoke"
    FIX = "fix"
    NOTE = "note"
    ACCEPTED = "accepted"
    NEEDS_CHANGE = "needs_change"


# These say enough by themselves; every other one needs words.
NEEDS_NO_WORDS = frozenset({Verdict.KEEP, Verdict.ACCEPTED})
OFFERED: dict[str, tuple[Verdict, ...]] = {
    DutyKind.ACCESS_REVIEW: (Verdict.KEEP, Verdict.REVOKE, Verdict.NOTE),
    DutyKind.WORKFLOW_AUDIT: (Verdict.KEEP, Verdict.FIX, Verdict.NOTE),
    DutyKind.EXCEPTION_REVIEW: (Verdict.ACCEPTED, Verdict.NEEDS_CHANGE),
}
