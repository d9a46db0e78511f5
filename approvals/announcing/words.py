"""What each outcome is called outside, how urgent it is, and for whom: data, no decisions."""

from dataclasses import dataclass

from approvals.states import ProposalState
from orchestrator.notifications.messages import Urgency

S = ProposalState


@dataclass(frozen=True, slots=True)
class Announcement:
    """How one state is told: the event, the words, and who hears it how urgently."""

    event: str
    # Said of a change, behind its name: "Deal hygiene: denied".
    words: str
    # For agents, and for whoever reads their logs; what people wrote is read with a key.
    sentence: str
    # For whoever answers for the agent, or asked for it themselves.
    requester: Urgency
    # For those who had approved it: only where it came to something else than they decided.
    approvers: Urgency | None = None
    # Nobody has to decide on it any more: what was said about that is settled.
    settles: bool = True


ANNOUNCEMENTS: dict[ProposalState, Announcement] = {
    S.OBSERVED: Announcement(
        "proposal.observed",
        "observed",
        "The workflow only observes: nobody was asked and nothing is written.",
        Urgency.LOW,
    ),
    S.REFUSED: Announcement(
        "proposal.refused",
        "refused by policy",
        "Policy refused it. Read the findings with your key.",
        Urgency.NORMAL,
        Urgency.NORMAL,
    ),
    S.REVISION_REQUESTED: Announcement(
        "proposal.revision_requested",
        "sent back with a question",
        "A person asked a question. Read it with your key and answer it with a new revision.",
        Urgency.NORMAL,
    ),
    S.APPROVED: Announcement(
        "proposal.approved",
        "approved",
        "People approved it. It is written next, unless something stands in the way.",
        Urgency.LOW,
    ),
    S.DENIED: Announcement(
        "proposal.denied",
        "denied",
        "A person denied it. Read why with your key.",
        Urgency.NORMAL,
        Urgency.NORMAL,
    ),
    S.EXPIRED: Announcement(
        "proposal.expired",
        "expired",
        "Its time ran out. Propose it again if it is still needed.",
        Urgency.NORMAL,
        Urgency.NORMAL,
    ),
    S.WITHDRAWN: Announcement(
        "proposal.withdrawn", "withdrawn", "It was taken back.", Urgency.LOW, Urgency.NORMAL
    ),
    S.IN_REVIEW: Announcement(
        "proposal.returned",
        "back with people: the approval no longer holds",
        "What was approved no longer holds. People decide on it again; wait.",
        Urgency.NORMAL,
        Urgency.NORMAL,
        settles=False,
    ),
    S.COMMITTED: Announcement(
        "proposal.committed", "written", "It was written and read back.", Urgency.LOW
    ),
    S.FAILED: Announcement(
        "proposal.failed",
        "could not be written",
        "It could not be written. People look at it; do not propose it again yet.",
        Urgency.HIGH,
        Urgency.NORMAL,
    ),
    S.OUTCOME_UNKNOWN: Announcement(
        "proposal.outcome_unknown",
        "nobody knows yet whether it was written",
        "Nobody knows yet whether it was written. Do not propose it again: it is being settled.",
        Urgency.HIGH,
        Urgency.NORMAL,
    ),
    S.DISCARDED: Announcement(
        "proposal.discarded",
        "given up after a failure",
        "A person gave it up after it could not be written.",
        Urgency.NORMAL,
        Urgency.NORMAL,
    ),
    S.REVERTED: Announcement(
        "proposal.reverted",
        "taken back",
        "A rollback took back what it had written.",
        Urgency.NORMAL,
        Urgency.NORMAL,
    ),
}
