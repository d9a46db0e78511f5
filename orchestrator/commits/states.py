"""The states of commits and halts."""

from orchestrator.kernel.choices import Choices


class CommitState(Choices):
    QUEUED = "queued"
    CLAIMED = "claimed"
    WRITTEN = "written"
    DONE = "done"
    CONFLICT = "conflict"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"
    # A person corrected it: the proposal goes on with a new revision, and a commit of its own.
    REPLACED = "replaced"


C = CommitState
COMMIT_MOVES: dict[CommitState, frozenset[CommitState]] = {
    C.QUEUED: frozenset({C.CLAIMED, C.CANCELLED, C.CONFLICT}),
    # Back to queued: nothing was written, try again later.
    C.CLAIMED: frozenset({C.QUEUED, C.WRITTEN, C.CONFLICT, C.FAILED, C.UNKNOWN}),
    # Written: the CRM said yes; the after-image is still to be read.
    C.WRITTEN: frozenset({C.DONE}),
    C.UNKNOWN: frozenset({C.QUEUED, C.WRITTEN, C.FAILED}),
    C.FAILED: frozenset({C.QUEUED, C.DISCARDED, C.REPLACED}),
    C.DONE: frozenset(),
    C.CONFLICT: frozenset(),
    C.CANCELLED: frozenset(),
    C.DISCARDED: frozenset(),
    C.REPLACED: frozenset(),
}
# A commit in one of these may have a request on the wire or unread results: its records are held.
IN_FLIGHT = frozenset({C.CLAIMED, C.WRITTEN, C.UNKNOWN})


class LetterKind(Choices):
    """Why a commit waits for a person."""

    FAILED = "failed"
    UNKNOWN = "unknown"
    # Written, but nobody could read it back yet: nobody has to act before it is due.
    UNREAD = "unread"


class LetterVerdict(Choices):
    """How a dead letter ended."""

    REQUEUED = "requeued"
    DISCARDED = "discarded"
    REPLACED = "replaced"
    WRITTEN = "written"
    READ_BACK = "read_back"
    CLOSED_UNREAD = "closed_unread"


class ReversalState(Choices):
    """How the taking back of a commit stands."""

    PROPOSED = "proposed"
    DONE = "done"
    # Its rollback was denied, refused, withdrawn or discarded, or expired.
    DROPPED = "dropped"


REVERSAL_MOVES: dict[ReversalState, frozenset[ReversalState]] = {
    ReversalState.PROPOSED: frozenset({ReversalState.DONE, ReversalState.DROPPED}),
    ReversalState.DONE: frozenset(),
    ReversalState.DROPPED: frozenset(),
}


class HaltState(Choices):
    HALTING = "halting"
    HALTED = "halted"
    RELEASED = "released"


HALT_MOVES: dict[HaltState, frozenset[HaltState]] = {
    HaltState.HALTING: frozenset({HaltState.HALTED, HaltState.RELEASED}),
    HaltState.HALTED: frozenset({HaltState.RELEASED}),
    HaltState.RELEASED: frozenset(),
}


class Scope(Choices):
    """What a halt stops."""

    ALL = "all"
    ORG = "org"
    WORKFLOW = "workflow"
    # Every agent at once: what people propose themselves, such as a rollback, goes on.
    AGENTS = "agents"
    AGENT = "agent"
    OBJECT = "object"


# These stand alone: there is nothing in them to name.
WHOLE_SCOPES = frozenset({Scope.ALL, Scope.AGENTS})
