"""Steps that wait for something to happen, not for time to pass: asked back again and again."""

import datetime as dt

from approvals.escalation import plans, steps
from approvals.escalation.cases import Case, crew_for
from approvals.escalation.firing import ESCALATION, row_of
from approvals.escalation.steps import Told
from approvals.models import Escalation, Proposal, Review, Revision
from approvals.states import RevisionCause, Risk
from audit import ledger
from orchestrator.notifications.sending import notify_each
from orchestrator.workflows.escalation import steps_for
from orchestrator.workflows.queries import definition_of

THIRD_SEND_BACK, SECOND_CONFLICT = "third_send_back", "second_conflict"
THIRD, SECOND = 3, 2


def sent_back(proposal: Proposal, *, at: dt.datetime) -> None:
    """Look whether a question was the third, in the transaction that asks it."""
    if proposal.send_backs == THIRD:
        occur(on=THIRD_SEND_BACK, proposal=proposal, at=at)


def conflicted(proposal: Proposal, *, at: dt.datetime) -> None:
    """Look whether the record has moved for the second time, in the transaction that notes it."""
    moved = Revision.objects.filter(
        proposal=proposal, cause=RevisionCause.RECORD_MOVED, conflict__isnull=False
    )
    if moved.count() == SECOND:
        occur(on=SECOND_CONFLICT, proposal=proposal, at=at)


def occur(*, on: str, proposal: Proposal, at: dt.datetime) -> list[Told]:
    """
    Do what the proposal's plan answers to an occasion; each answer once for a proposal.

    The plan is that of the proposal's version, so a later version of the file changes nothing.
    """
    found = Proposal.objects.select_related("workflow__owner", "agent").get(pk=proposal.pk)
    review = _last_review(found)
    if review is None:
        # Nobody was ever asked, so there is nobody to answer: it is automatic until it asks.
        return []
    escalation = definition_of(found.version_id).escalation
    answers = steps_for(escalation, important=found.risk == Risk.HIGH)
    crew = crew_for([review], at=at)
    told = []
    for step in plans.occasions(answers, on):
        if Escalation.objects.filter(proposal=found, step=step.key, drill="").exists():
            continue
        case = Case(review=review, proposal=found, step=step, crew=crew, at=at)
        told.append(_take(case))
    return told


def _take(case: Case) -> Told:
    told = steps.take(case)
    notify_each(messages=told.messages, at=case.at)
    row_of(case, told, planned_at=case.at).save()
    ledger.record(
        event="review.occasion",
        by=ESCALATION,
        at=case.at,
        detail={
            "review": case.review.pk,
            "step": case.step.key,
            "on": case.step.on,
            "do": case.step.do,
            "outcome": told.outcome,
            "text": told.words,
            "reached": [person.username for person in told.people],
        },
        **case.proposal.subject(),
    )
    return told


def _last_review(proposal: Proposal) -> Review | None:
    return (
        Review.objects.filter(proposal=proposal, opened_at__isnull=False)
        .select_related("role", "assignee", "widened_to")
        .order_by("opened_at", "pk")
        .last()
    )
