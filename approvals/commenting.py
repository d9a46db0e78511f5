"""Saying something about a proposal without deciding: for people, never for the agent."""

import datetime as dt

from django.db import transaction

from approvals import permissions
from approvals.models import Comment, Proposal
from audit import ledger
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.live.publishing import publish
from orchestrator.people.models import User

LONGEST = 2000
LONGEST_KEY = 40


class BadComment(DomainError):
    """There is nothing to say, or too much, or it cannot be kept."""

    code, status, title = "bad_comment", 422, "This cannot be said here"


@transaction.atomic
def comment(*, proposal_id: str, person: User, text: str, key: str, at: dt.datetime) -> Comment:
    """
    Say something to whoever else looks at the proposal; a form that is sent twice says it once.

    :raises NotFound: if there is no such proposal, or the person may not know of it
    :raises BadComment: if there are no words, or too many
    """
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise BadComment(f"Write something, in at most {LONGEST} characters.")
    if "\x00" in said or not key or len(key) > LONGEST_KEY:
        raise BadComment("It holds something that cannot be kept: type it again.")
    proposal = Proposal.objects.select_related("workflow", "agent__owner").filter(pk=proposal_id)
    found = proposal.first()
    if found is None or not permissions.may_see(person, found, at=at):
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    row, new = Comment.objects.get_or_create(
        proposal=found, person=person, key=key, defaults={"text": said, "at": at}
    )
    if new:
        ledger.record(
            event="proposal.commented",
            by=person.actor,
            at=at,
            detail={"text": said},
            **found.subject(),
        )
        publish("changed", proposal=found.pk, workflow=found.workflow_id, by=person.username)
    return row
