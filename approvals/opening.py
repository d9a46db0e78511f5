"""Is there something to decide? Read under the proposal's lock."""

import datetime as dt
import json
from typing import Any, NamedTuple

from django.db import connection

from approvals.models import Decision, Proposal, Review
from approvals.states import ProposalState
from orchestrator.agents.models import Agent
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.kernel.partial_rows import partial_row
from orchestrator.people.models import Role
from orchestrator.workflows.models import Workflow


class NotWhatYouSaw(DomainError):
    """The proposal has another content than the one on the screen."""

    code, status, title = "not_what_you_saw", 409, "It has changed"


class AlreadyDecided(DomainError):
    """Somebody was faster."""

    code, status, title = "already_decided", 409, "Somebody was faster"


class NotOpen(DomainError):
    """There is no review that waits for a decision."""

    code, status, title = "not_open", 409, "Not open for decisions"


class DeadlinePassed(DomainError):
    """The decide-by clock ran out: a deadline denies, it never approves."""

    code, status, title = "deadline_passed", 409, "Too late to decide"


# Read on every vote: composing these anew would take longer than answering them.
LOCK = """
SELECT p.id, p.state, p.workflow_id, p.version_id, p.agent_id, p.barred, p.revision_number,
  p.digest, p.deadline_at, p.timeout_at, p.send_backs, p.risk, w.slug, w.current_version_id,
  a.slug, o.username
FROM approvals_proposal p
JOIN workflows_workflow w ON w.id = p.workflow_id
LEFT JOIN agents_agent a ON a.id = p.agent_id
LEFT JOIN people_user o ON o.id = a.owner_id
WHERE p.id = %s FOR UPDATE OF p
"""
OPEN = """
SELECT v.id, v.state, v.revision_id, v.stage, v.role_id, v.assignee_id, v.quorum, v.policy,
  v.due_at, v.opened_at, v.widened_to_id, r.slug, r.title
FROM approvals_review v JOIN people_role r ON r.id = v.role_id
WHERE v.proposal_id = %s AND v.state = 'open'
"""


VOTES = """
SELECT review_id, person_id, vote, coalesce(on_behalf_of_id, person_id) FROM approvals_decision
WHERE revision_id = %s ORDER BY at, id
"""


class CastVote(NamedTuple):
    """One vote that counts: on which review, by whom, which way."""

    review_id: str
    person_id: int
    vote: str
    # Whose place it fills: that of who voted, or of whom they stood in for.
    place_id: int


def locked(proposal_id: str) -> Proposal:
    """
    Return the proposal with its row locked: votes are counted by one at a time.

    :raises NotFound: if there is no such proposal
    """
    row = _one(LOCK, proposal_id)
    if row is None:
        raise NotFound("There is no such proposal.")
    *columns, workflow, in_force, agent, owner = row
    names = (
        "id", "state", "workflow_id", "version_id", "agent_id", "barred", "revision_number",
        "digest", "deadline_at", "timeout_at", "send_backs", "risk",
    )  # fmt: skip
    proposal = partial_row(Proposal, **dict(zip(names, columns, strict=True)))
    proposal.workflow = partial_row(
        Workflow, id=proposal.workflow_id, slug=workflow, current_version_id=in_force
    )
    if proposal.agent_id is not None:
        proposal.agent = partial_row(Agent, id=proposal.agent_id, slug=agent)
        # Also who answers for the agent since: it may have been asked before they were noted.
        proposal.barred = list(dict.fromkeys([*proposal.barred, owner]))
    return proposal


def check_same(proposal: Proposal, digest: str) -> None:
    """
    Refuse a decision on anything but the current content.

    :raises NotWhatYouSaw: if the digest is another one
    """
    if proposal.digest != digest:
        raise NotWhatYouSaw(
            "The proposal has changed since you opened it. Read it again, then decide.",
            extra={"revision": proposal.revision_number},
        )


def open_review(proposal: Proposal, at: dt.datetime) -> Review:
    """
    Return the review that waits for a decision on the locked proposal.

    :raises AlreadyDecided: if somebody decided first
    :raises NotOpen: if the proposal waits for something else
    :raises DeadlinePassed: if its time has run out
    """
    if proposal.state != ProposalState.IN_REVIEW:
        raise _too_late(proposal)
    if at >= proposal.deadline_at:
        until = f"{proposal.deadline_at:%d %b %Y, %H:%M} UTC"
        raise DeadlinePassed(f"{proposal.pk} had to be decided by {until}; it expires now.")
    row = _one(OPEN, proposal.pk)
    if row is None:
        raise NotOpen("Its records are being read again. Reload in a moment, then decide.")
    *columns, policy, due_at, opened_at, widened_to, slug, title = row
    names = ("id", "state", "revision_id", "stage", "role_id", "assignee_id", "quorum")
    review = partial_row(
        Review,
        **dict(zip(names, columns, strict=True)),
        proposal_id=proposal.pk,
        policy=json.loads(policy),
        due_at=due_at,
        opened_at=opened_at,
        widened_to_id=widened_to,
    )
    review.role = partial_row(Role, id=review.role_id, slug=slug, title=title)
    return review


def votes_on(review: Review) -> list[CastVote]:
    """Return the votes on the review's revision, of all its stages, in the order they came."""
    with connection.cursor() as cursor:
        cursor.execute(VOTES, [review.revision_id])
        return [CastVote(*row) for row in cursor.fetchall()]


def _one(statement: str, key: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _too_late(proposal: Proposal) -> DomainError:
    state = str(proposal.state).replace("_", " ")
    last = (
        Decision.objects.select_related("person")
        .filter(revision__proposal=proposal)
        .order_by("at", "pk")
        .last()
    )
    if last is None:
        return NotOpen(f"This proposal is {state}; there is nothing to decide.")
    return AlreadyDecided(
        f"{last.person.display_name} decided at {last.at:%H:%M} UTC "
        f"({last.vote.replace('_', ' ')}); the proposal is {state}.",
        extra={"decided_by": last.person.display_name, "state": str(proposal.state)},
    )
