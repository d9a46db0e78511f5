"""The steps of a plan: whom each turns to, and what it does. None of them decides anything."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from approvals.escalation import telling
from approvals.escalation.cases import Case
from approvals.models import Proposal
from approvals.states import EscalationOutcome
from approvals.visibility import told_outside
from orchestrator.kernel import faultpoints
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.oncall import queries as oncall
from orchestrator.paging import paging
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.states import TurnState
from orchestrator.paging.subjects import PageSubject
from orchestrator.people.models import User

Messages = list[tuple[User, Message]]
A_MOMENT = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Told:
    """What a step did: in words, whom it reached, and what is to be sent to whom."""

    words: str
    people: Sequence[User] = ()
    messages: Sequence[tuple[User, Message]] = ()

    @property
    def outcome(self) -> EscalationOutcome:
        """Say whether it reached anybody."""
        return EscalationOutcome.DONE if self.people else EscalationOutcome.NOBODY


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of step: whom it turns to, with what urgency, and what it does to them."""

    whom: Callable[[Case], list[User]]
    urgency: Urgency
    # What the message says; what the timeline says of those it reached, and of nobody.
    says: str
    done: str
    nobody: str
    act: Callable[["Step", Case], Told]


def take(case: Case) -> Told:
    """Do what the case's step does; in a drill only tell the people that it would turn to."""
    step = STEPS[case.step.do]
    told = _tell(step, case) if case.drill else step.act(step, case)
    faultpoints.reach(f"escalation.{case.step.do}")
    return told


def whom(case: Case) -> list[User]:
    """Return whom the case's step would turn to, as things are."""
    return STEPS[case.step.do].whom(case) if case.step.do in STEPS else []


def _tell(step: Step, case: Case) -> Told:
    people = step.whom(case)
    if not people:
        return Told(step.nobody)
    message = telling.message(case, urgency=step.urgency, words=step.says)
    return Told(f"{step.done} {names(people)}.", people, [(person, message) for person in people])


def _widen(step: Step, case: Case) -> Told:
    found = case.backups()
    if found is None:
        return Told(step.nobody)
    role, people = found
    case.review.amend(widened_to=role)
    message = telling.message(case, urgency=step.urgency, words=step.says)
    words = f"{step.done} {role.title}: {names(people)}."
    return Told(words, people, [(person, message) for person in people])


def _about(proposal: Proposal) -> str:
    return f"{proposal.workflow.title}: {proposal.action}"


def _page(step: Step, case: Case) -> Told:
    """Call somebody; the page is for a phone, and looking at it acknowledges nothing."""
    proposal = case.proposal
    subject = PageSubject(
        kind=telling.subject_kind(case),
        id=proposal.pk,
        title=next(iter(told_outside(proposal, proposal.title)), _about(proposal)),
        # Deciding on one screen answers a page about a decision; what keeps happening needs a look.
        path=f"/proposals/{proposal.pk}/" if case.step.on else f"/proposals/{proposal.pk}/page/",
        workflow=proposal.workflow.slug,
        until=proposal.deadline_at,
        barred=tuple(proposal.barred),
    )
    called = paging.page(
        subject=subject, role=case.paged_role(), why=step.says, step=telling.key(case), at=case.at
    )
    return _called(step, called)


def _page_next(step: Step, case: Case) -> Told:
    called = paging.page_next(
        subject_kind=telling.subject_kind(case),
        subject_id=case.proposal.pk,
        why=step.says,
        step=telling.key(case),
        at=case.at,
        patience=A_MOMENT,
    )
    # Nobody has been called yet, whatever the reason: then the next person is the first.
    return _called(step, called) if called is not None else _page(step, case)


def _called(step: Step, called: PageCall | None) -> Told:
    if called is None:
        return Told(step.nobody)
    # Whoever was called before is not who this step called: perhaps nobody was left.
    turns = PageTurn.objects.filter(page=called, state=TurnState.CALLING)
    turn = turns.select_related("person").first()
    if turn is None:
        return Told(step.nobody)
    return Told(f"{step.done} {names([turn.person])}.", [turn.person])


def _on_call(case: Case) -> list[User]:
    order = oncall.order(role=case.paged_role(), at=case.at)
    return [person for person in order if person.username not in case.proposal.barred]


def _backups(case: Case) -> list[User]:
    found = case.backups()
    return found[1] if found else []


def names(people: Sequence[User]) -> str:
    """Return the names of people as a list for people."""
    *others, last = [person.display_name for person in people]
    return f"{', '.join(others)} and {last}" if others else last


STEPS: Mapping[str, Step] = {
    "remind": Step(
        whom=Case.asked,
        urgency=Urgency.NORMAL,
        says="a change waits for your decision",
        done="Reminded",
        nobody="Nobody to remind: whoever may decide has voted, or is away.",
        act=_tell,
    ),
    "widen": Step(
        whom=_backups,
        urgency=Urgency.HIGH,
        says="a change waits, and you may decide it too",
        done="Also asked",
        nobody="No backups: nobody behind the role may decide and was not asked already.",
        act=_widen,
    ),
    "page": Step(
        whom=lambda case: _on_call(case)[:1],
        urgency=Urgency.PAGE,
        says="nobody has decided in time",
        done="Called",
        nobody="Nobody could be called.",
        act=_page,
    ),
    "page_next": Step(
        whom=lambda case: _on_call(case)[1:2],
        urgency=Urgency.PAGE,
        says="nobody who was called has decided",
        done="Called next",
        nobody="Nobody is left to call.",
        act=_page_next,
    ),
    "notify_owner": Step(
        whom=Case.owner,
        urgency=Urgency.HIGH,
        says="a change of your workflow needs your attention",
        done="Told",
        nobody="Nobody answers for the workflow any more.",
        act=_tell,
    ),
}
