"""What people carry around proposals: reviews that were handed to them, and agents."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from approvals import permissions
from approvals.following import follow
from approvals.models import Decision, Proposal, Review
from approvals.states import OPEN, ReviewState
from audit import ledger
from orchestrator.agents.models import Agent
from orchestrator.agents.states import AgentState
from orchestrator.kernel.errors import DomainError
from orchestrator.people.carried import Item
from orchestrator.people.models import User


class CannotTakeReview(DomainError):
    """The other one may not decide it."""

    code, status, title = "cannot_take_review", 409, "They may not decide it"


class AgentNeedsOwner(DomainError):
    """Somebody answers for every agent."""

    code, status, title = "agent_needs_owner", 409, "An agent needs an owner"


class HasVoted(DomainError):
    """Nobody answers for what they have helped to approve."""

    code, status, title = "has_voted", 409, "They have voted on it"


class ReviewDuties:
    """Open reviews that were handed to one person."""

    kind, title = "review", "Reviews handed to them"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the reviews that wait for this very person."""
        rows = Review.objects.filter(assignee=person, state=ReviewState.OPEN)
        return [
            Item(
                kind=self.kind,
                key=row.pk,
                # No title and no name of a record: who looks may have no right to them.
                title=f"{row.proposal_id} in {row.workflow.title}, for {row.role.title}",
                path=f"/proposals/{row.proposal_id}/",
            )
            for row in rows.select_related("workflow", "role").order_by("due_at", "pk")
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Give the review to the other one.

        :raises CannotTakeReview: if they may not decide on it, or have voted
        """
        review, proposal = _open_review(key, person)
        voted = Decision.objects.filter(revision=review.revision_id, person=to).exists()
        barred = to.username in proposal.barred
        if voted or barred or not permissions.has_decide_right(to, proposal):
            raise CannotTakeReview(f"{to.display_name} may not decide on {proposal.pk}.")
        review.amend(assignee=to)
        follow(proposal, review, by=by.actor, at=at)
        _record_review(review, proposal, by, reason, at, to=to)

    @transaction.atomic
    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """Give the review back to its role."""
        review, proposal = _open_review(key, person)
        review.amend(assignee=None)
        follow(proposal, review, by=by.actor, at=at)
        _record_review(review, proposal, by, reason, at, to=None)


class AgentDuties:
    """Agents for which the person answers."""

    kind, title = "agent", "Agents"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the agents that are not retired."""
        rows = Agent.objects.filter(owner=person).exclude(state=AgentState.RETIRED)
        return [
            Item(
                kind=self.kind,
                key=row.pk,
                title=f"{row.title} ({row.environment})",
                path=f"/agents/{row.pk}/",
                must_be_taken=True,
            )
            for row in rows.order_by("slug", "environment")
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Let the other one answer for it; they decide on none of what it has asked for.

        :raises HasVoted: if their vote already counts on something that is not decided
        """
        agent = Agent.objects.select_for_update().get(pk=key)
        _check_has_not_voted(agent, to)
        Agent.objects.filter(pk=key).update(owner=to)
        # Nobody approves their own: also not what the agent asked for before it was theirs.
        undecided = Proposal.objects.filter(agent=agent, state__in=OPEN)
        for proposal in undecided.order_by("pk").select_for_update():
            if to.username not in proposal.barred:
                proposal.amend(barred=[*proposal.barred, to.username])
        ledger.record(
            event="agent.owner_changed",
            by=by.actor,
            at=at,
            subject_kind="agent",
            subject_id=agent.slug,
            agent=agent.slug,
            detail={"old": person.username, "new": to.username, "reason": reason.strip()},
        )

    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """
        Refuse: somebody answers for every agent.

        :raises AgentNeedsOwner: always
        """
        raise AgentNeedsOwner("Somebody has to answer for it; or retire it first.")


def _check_has_not_voted(agent: Agent, to: User) -> None:
    open_ones = Review.objects.filter(proposal__agent=agent, state=ReviewState.OPEN)
    theirs = Q(person=to) | Q(on_behalf_of=to)
    votes = Decision.objects.filter(theirs, revision__in=open_ones.values("revision"))
    voted = votes.values_list("revision__proposal", flat=True).first()
    if voted is not None:
        raise HasVoted(
            f"{to.display_name} has voted on {voted}, which it asked for: let that be decided "
            "first, or choose somebody else."
        )


def _open_review(key: str, person: User) -> tuple[Review, Proposal]:
    """
    Return the review and its proposal, locked as for a vote.

    :raises CannotTakeReview: if it is closed, or somebody else's
    """
    proposal = Proposal.objects.select_for_update().get(reviews=key)
    rows = Review.objects.select_related("role")
    review = rows.filter(pk=key, state=ReviewState.OPEN, assignee=person).first()
    if review is None:
        raise CannotTakeReview("It was decided, or handed to somebody else, in the meantime.")
    return review, proposal


def _record_review(
    review: Review, proposal: Proposal, by: User, reason: str, at: dt.datetime, *, to: User | None
) -> None:
    ledger.record(
        event="review.reassigned",
        by=by.actor,
        at=at,
        detail={
            "stage": review.stage,
            "reason": reason.strip(),
            "from_role": review.role.slug,
            "to_role": "" if to else review.role.slug,
            "to_person": to.username if to else "",
        },
        **proposal.subject(),
    )
