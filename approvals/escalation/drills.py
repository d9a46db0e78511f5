"""Testing a plan: every step at once, for nothing, so that people know that they can be reached."""

import datetime as dt

from django.db import transaction

from approvals import permissions
from approvals.escalation import plans, steps
from approvals.escalation.cases import Case, crew_for
from approvals.escalation.firing import row_of
from approvals.models import Escalation, Proposal, Review
from approvals.states import ReviewState
from audit import ledger
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound
from orchestrator.kernel.ids import new_id
from orchestrator.notifications.sending import notify_each
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer

REST = dt.timedelta(minutes=1)


class NothingToTest(DomainError):
    """No review is open, so there is no plan to try."""

    code, status, title = "nothing_to_test", 409, "Nothing to test"


class TestedJustNow(DomainError):
    """The same people were disturbed a moment ago."""

    code, status, title = "tested_just_now", 409, "Tested just now"


@transaction.atomic
def drill(*, proposal_id: str, person: User, at: dt.datetime) -> str:
    """
    Take every step of the open review's plan as a drill, and return the drill's id.

    People are told that there is nothing to decide. Nobody is asked, and the review stays as it is.

    :raises NotFound: if the person may not know of the proposal
    :raises NotAllowed: if the person does not administer the workflow
    :raises NothingToTest: if no review is open
    :raises TestedJustNow: if somebody tested it within the last minute
    """
    proposal = _allowed(proposal_id, person, at)
    review = (
        Review.objects.filter(proposal=proposal, state=ReviewState.OPEN)
        .select_related("role", "assignee", "widened_to")
        .first()
    )
    if review is None:
        raise NothingToTest("No review is open, so there is no plan that could be tested.")
    if Escalation.objects.filter(review=review, at__gt=at - REST).exclude(drill="").exists():
        raise TestedJustNow("It was tested a moment ago. Wait a minute before you test it again.")
    name, crew = new_id("drl"), crew_for([review], at=at)
    rows: list[Escalation] = []
    messages: steps.Messages = []
    for step in plans.read(review.plan):
        if step.do == plans.DENY:
            continue
        case = Case(review=review, proposal=proposal, step=step, crew=crew, at=at, drill=name)
        told = steps.take(case)
        messages += told.messages
        rows.append(row_of(case, told, planned_at=at))
    notify_each(messages=messages, at=at)
    Escalation.objects.bulk_create(rows)
    ledger.record(
        event="review.drilled",
        by=person.actor,
        at=at,
        detail={"review": review.pk, "drill": name, "steps": [row.step for row in rows]},
        **proposal.subject(),
    )
    return name


def _allowed(proposal_id: str, person: User, at: dt.datetime) -> Proposal:
    proposal = (
        Proposal.objects.select_related("workflow__owner", "agent").filter(pk=proposal_id).first()
    )
    if proposal is None or not permissions.may_see(person, proposal, at=at):
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    if not may_administer(person, proposal.workflow):
        raise NotAllowed("Only who administers the workflow may disturb people for a test.")
    return proposal
