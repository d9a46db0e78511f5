"""
What the ledger remembers is what pages are told: all that happens is written there, in one commit.

So no code path can forget to tell, and none has a line for it.
"""

from collections.abc import Iterator, Sequence

from audit.ledger import NewEntry
from orchestrator.live.events import Event, Kind
from orchestrator.live.publishing import send

# Not the steps of writing: who decides does not watch them, and a drain has very many.
PROPOSALS = {
    "review.opened": Kind.REVIEW_OPENED,
    **dict.fromkeys(
        (
            "proposal.approved",
            "proposal.denied",
            "proposal.sent_back",
            "proposal.withdrawn",
            "proposal.expired",
            "proposal.refused",
        ),
        Kind.DECIDED,
    ),
    **dict.fromkeys(
        (
            "review.voted",
            "review.reassigned",
            "review.fell_back",
            "review.given_back",
            "review.counted_anew",
            "review.overridden",
            "proposal.undone",
            "proposal.commented",
            "proposal.revised",
            "proposal.returned",
            "proposal.reverted",
            "commit.done",
            "commit.failed",
            "commit.unknown",
            "commit.settled",
            "commit.cancelled",
            "commit.requeued",
            "commit.discarded",
        ),
        Kind.CHANGED,
    ),
    **dict.fromkeys(("review.escalated", "review.overdue"), Kind.DUE),
}
# After these, what a stream may tell is asked anew.
RIGHTS = frozenset(
    {
        "role.member_added",
        "role.member_removed",
        "workflow.created",
        "workflow.right_granted",
        "workflow.right_taken",
        "absence.set",
        "absence.ended",
        "absence.delegate_changed",
        "person.closed",
        "person.password_changed",
        "person.sessions_ended",
    }
)
FOLLOWED = frozenset(PROPOSALS) | RIGHTS
# In the detail of an entry, these name the role that has something to decide from now on.
ROLES = {"review.opened": "role", "review.reassigned": "to_role", "review.fell_back": "to_role"}


def read(entries: Sequence[NewEntry]) -> None:
    """Tell the open pages what these entries mean to them; called after their commit."""
    send(tuple(events_of(entries)))


def events_of(entries: Sequence[NewEntry]) -> Iterator[Event]:
    """Yield what pages are told about these entries."""
    for entry in entries:
        if entry.event in RIGHTS:
            alone = entry.event.startswith("person.")
            about = entry.subject_id if alone else ""
            yield Event(kind=Kind.RIGHTS_CHANGED, about=about)
        elif entry.proposal_id:
            role = entry.detail.get(ROLES.get(entry.event, ""))
            yield Event(
                kind=PROPOSALS[entry.event],
                proposal=entry.proposal_id,
                workflow=entry.workflow,
                roles=frozenset([role]) if role else frozenset(),
            )
