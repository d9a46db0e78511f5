"""The states of proposals and reviews, and the moves between them."""

from orchestrator.kernel.choices import Choices


class ProposalState(Choices):
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    REVISION_REQUESTED = "revision_requested"
    APPROVED = "approved"
    COMMITTING = "committing"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    OBSERVED = "observed"
    REFUSED = "refused"
    DENIED = "denied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    DISCARDED = "discarded"
    REVERTED = "reverted"


S = ProposalState
# A revision that still has to be prepared (base read, policy judged) is no state of its own:
# `Proposal.prepare_at` says so. So an answered question or a moved record goes straight to
# in_review, and its reviews open once the new revision is prepared; what policy then refuses
# leaves in_review as refused.
PROPOSAL_MOVES: dict[ProposalState, frozenset[ProposalState]] = {
    S.RECEIVED: frozenset({S.OBSERVED, S.REFUSED, S.IN_REVIEW, S.APPROVED, S.EXPIRED, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset(
        {S.APPROVED, S.REVISION_REQUESTED, S.DENIED, S.EXPIRED, S.WITHDRAWN, S.REFUSED}
    ),
    S.REVISION_REQUESTED: frozenset({S.IN_REVIEW, S.EXPIRED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.COMMITTING, S.IN_REVIEW, S.EXPIRED, S.WITHDRAWN}),
    S.COMMITTING: frozenset({S.COMMITTED, S.IN_REVIEW, S.FAILED, S.OUTCOME_UNKNOWN, S.APPROVED}),
    # Back in review: a person corrected what the CRM refused, and nobody has approved that yet.
    S.FAILED: frozenset({S.APPROVED, S.IN_REVIEW, S.DISCARDED}),
    S.OUTCOME_UNKNOWN: frozenset({S.COMMITTED, S.APPROVED, S.FAILED}),
    S.COMMITTED: frozenset({S.REVERTED}),
    S.OBSERVED: frozenset(),
    S.REFUSED: frozenset(),
    S.DENIED: frozenset(),
    S.EXPIRED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.DISCARDED: frozenset(),
    S.REVERTED: frozenset(),
}
# Committed is closed for everybody but the commit of its own rollback.
CLOSED = frozenset(
    {S.OBSERVED, S.REFUSED, S.DENIED, S.EXPIRED, S.WITHDRAWN, S.COMMITTED, S.DISCARDED, S.REVERTED}
)
OPEN = frozenset(S) - CLOSED
# Where the decide-by clock runs.
UNDECIDED = frozenset({S.RECEIVED, S.IN_REVIEW, S.REVISION_REQUESTED})
# Where a requester may take the proposal back.
WITHDRAWABLE = UNDECIDED | {S.APPROVED}
# Where an agent may hand in a new revision.
REVISABLE = UNDECIDED
APPROVED_ONCE = frozenset(
    {
        S.APPROVED,
        S.COMMITTING,
        S.FAILED,
        S.OUTCOME_UNKNOWN,
        S.COMMITTED,
        S.DISCARDED,
        S.REVERTED,
    }
)

# What the requester and its owner are told of, once it is reached: the end, and what waits for them
# or for help. Two moves beside these are told: an approval by people, and the way back to people.
ANNOUNCED = CLOSED | {S.REVISION_REQUESTED, S.FAILED, S.OUTCOME_UNKNOWN}
# Back in review from here means that what was approved no longer is.
BACK_TO_PEOPLE_FROM = frozenset({S.APPROVED, S.COMMITTING, S.FAILED})


class Purpose(Choices):
    """What a proposal is for."""

    CHANGE = "change"
    # Takes back what earlier proposals wrote: asked for by a person, always decided by people.
    ROLLBACK = "rollback"


class ReviewState(Choices):
    WAITING = "waiting"
    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    SENT_BACK = "sent_back"
    CLOSED = "closed"


R = ReviewState
REVIEW_MOVES: dict[ReviewState, frozenset[ReviewState]] = {
    R.WAITING: frozenset({R.OPEN, R.CLOSED}),
    R.OPEN: frozenset({R.APPROVED, R.DENIED, R.SENT_BACK, R.CLOSED}),
    R.APPROVED: frozenset(),
    R.DENIED: frozenset(),
    R.SENT_BACK: frozenset(),
    R.CLOSED: frozenset(),
}


class Vote(Choices):
    APPROVE = "approve"
    DENY = "deny"
    SEND_BACK = "send_back"


class DenyReason(Choices):
    """Why people say no, so that it can be counted."""

    WRONG_VALUE = "wrong_value"
    WRONG_RECORD = "wrong_record"
    NOT_CONVINCING = "not_convincing"
    BAD_TIMING = "bad_timing"
    AGAINST_POLICY = "against_policy"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Risk(Choices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Operation(Choices):
    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"


class RevisionCause(Choices):
    """Why a revision exists."""

    SUBMITTED = "submitted"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    RECORD_MOVED = "record_moved"
    # Whoever approved it took that back before anything was written.
    UNDONE = "undone"
    # A person who decides left a part out, or edited values.
    EDITED = "edited"


class BulkState(Choices):
    RUNNING = "running"
    FINISHED = "finished"
    # The person stopped it: what was decided stands, the rest is as it was.
    STOPPED = "stopped"


BULK_MOVES: dict[BulkState, frozenset[BulkState]] = {
    BulkState.RUNNING: frozenset({BulkState.FINISHED, BulkState.STOPPED}),
    BulkState.FINISHED: frozenset(),
    BulkState.STOPPED: frozenset(),
}


class BulkItemState(Choices):
    WAITING = "waiting"
    DECIDED = "decided"
    REFUSED = "refused"


BULK_ITEM_MOVES: dict[BulkItemState, frozenset[BulkItemState]] = {
    BulkItemState.WAITING: frozenset({BulkItemState.DECIDED, BulkItemState.REFUSED}),
    BulkItemState.DECIDED: frozenset(),
    BulkItemState.REFUSED: frozenset(),
}


class EscalationOutcome(Choices):
    """What became of a step of a review's plan."""

    DONE = "done"
    # It had nobody to reach; the words say why.
    NOBODY = "nobody"
    # Missed while nothing ran: a later step stood for it.
    COLLAPSED = "collapsed"
