"""What a review's plan did and will do, for people: whom it reached, and whom it would reach."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from approvals.escalation import plans, steps, telling
from approvals.escalation.cases import Case, crew_for
from approvals.escalation.plans import PlannedStep
from approvals.models import Escalation, Proposal, Review
from approvals.states import EscalationOutcome, ProposalState, ReviewState
from orchestrator.notifications.models import Delivery
from orchestrator.people.models import User
from orchestrator.workflows.escalation import DEEDS

S = ProposalState
WHY_NOT = {
    S.RECEIVED: "It is being prepared; the plan begins when people are asked.",
    S.OBSERVED: "The workflow only observes: nobody was asked, so nobody is reminded.",
    S.REVISION_REQUESTED: "The clock stands still until the agent answers; its plan has ended, and "
    "the answer begins another one.",
    S.IN_REVIEW: "Its records are being read again; a new plan begins when people are asked again.",
    S.APPROVED: "It is approved: there is nothing left to decide.",
}
NOTHING_LEFT = "It is decided or over: there is nothing left to escalate."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step as a line: when, what, whom, and what is to be said of it."""

    key: str
    what: str
    at: dt.datetime | None
    icon: str
    tone: str = "quiet"
    words: str = ""
    late: str = ""
    people: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One test of the plan: who ran into it, by what."""

    at: dt.datetime
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything about the escalation of a proposal at one moment."""

    past: Sequence[Line] = ()
    next: Sequence[Line] = ()
    occasions: Sequence[Line] = ()
    drills: Sequence[Drill] = ()
    # Why there is nothing to come, or empty.
    why_not: str = ""
    widened_to: str = ""
    can_drill: bool = field(default=False)


ICONS = {
    "remind": "bell",
    "widen": "users",
    "page": "phone",
    "page_next": "phone",
    "notify_owner": "user-up",
    "deny": "circle-x",
}


def timeline(proposal: Proposal, *, at: dt.datetime) -> Timeline:
    """Return the escalation of a proposal whose workflow and owner are loaded with it."""
    rows = list(Escalation.objects.filter(proposal=proposal).order_by("at", "pk"))
    review = _open_review(proposal)
    past = [_past(row) for row in rows if not row.drill]
    drills = _drills([row for row in rows if row.drill])
    if review is None or proposal.state != S.IN_REVIEW:
        why_not = WHY_NOT.get(S(proposal.state), NOTHING_LEFT)
        return Timeline(past=past, drills=drills, why_not=why_not)
    taken = {row.step for row in rows if row.review_id == review.pk and not row.drill}
    crew = crew_for([review], at=at)
    left = [
        Case(review=review, proposal=proposal, step=step, crew=crew, at=at)
        for step in plans.read(review.plan)
        if step.key not in taken
    ]
    return Timeline(
        past=past,
        next=[_next(case) for case in left if case.step.due_at is not None],
        occasions=[_occasion(case) for case in left if case.step.on],
        drills=drills,
        why_not="" if left else "It has no plan: it opened before there were any.",
        widened_to=review.widened_to.title if review.widened_to else "",
        can_drill=bool(left),
    )


def how_late(length: dt.timedelta) -> str:
    """Return a lateness in words; empty up to a few seconds, which nobody calls late."""
    seconds = int(length.total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {word}{'s' * (seconds // size != 1)} late"
    return f"{seconds} seconds late" if seconds >= 10 else ""


def _open_review(proposal: Proposal) -> Review | None:
    return (
        Review.objects.filter(proposal=proposal, state=ReviewState.OPEN)
        .select_related("role", "assignee", "widened_to")
        .first()
    )


def _past(row: Escalation) -> Line:
    tones = {EscalationOutcome.DONE: "good", EscalationOutcome.NOBODY: "bad"}
    return Line(
        key=row.step,
        what=DEEDS[row.do],
        at=row.at,
        icon=ICONS[row.do],
        tone=tones.get(EscalationOutcome(row.outcome), "quiet"),
        words=row.words,
        late=how_late(row.at - row.planned_at),
    )


def _next(case: Case) -> Line:
    step = case.step
    people = [] if step.skipped else [person.display_name for person in steps.whom(case)]
    late = how_late(case.at - step.due_at) if step.due_at and not step.skipped else ""
    return Line(
        key=step.key,
        what="denied, if nobody decides" if step.do == plans.DENY else DEEDS[step.do],
        at=None if step.skipped else step.due_at,
        icon=ICONS[step.do],
        tone="bad" if late else "info",
        words=_note(step, people),
        late=late,
        people=people,
    )


def _note(step: PlannedStep, people: Sequence[str]) -> str:
    if step.skipped:
        return f"left out: {step.note}"
    nobody = step.do != plans.DENY and not people
    return "; ".join(word for word in (step.note, "nobody as things are" if nobody else "") if word)


def _occasion(case: Case) -> Line:
    return Line(
        key=case.step.key,
        what=f"on the {case.step.on.replace('_', ' ')}: {DEEDS[case.step.do]}",
        at=None,
        icon=ICONS[case.step.do],
        people=[person.display_name for person in steps.whom(case)],
    )


def _drills(rows: Sequence[Escalation]) -> list[Drill]:
    """Return the tests, newest first, with the ways by which each of them reached people."""
    keys = {telling.key_of(row.review_id, row.step, row.drill): row for row in rows}
    ways: dict[str, list[str]] = {}
    found = Delivery.objects.filter(notification__key__in=keys, takes_over=None)
    for delivery in found.select_related("channel", "notification", "person").order_by("pk"):
        if delivery.notification is not None and delivery.person is not None:
            ways.setdefault(delivery.notification.key, []).append(_way(delivery, delivery.person))
    ordered = sorted(rows, key=lambda row: (row.at, row.drill), reverse=True)
    return [
        Drill(at=group[0].at, lines=[_drilled(row, ways) for row in sorted(group, key=_place)])
        for _, found_rows in groupby(ordered, key=lambda row: row.drill)
        if (group := list(found_rows))
    ]


def _place(row: Escalation) -> int:
    return row.pk


def _way(delivery: Delivery, person: User) -> str:
    return f"{person.display_name} by {delivery.channel.label} ({delivery.state})"


def _drilled(row: Escalation, ways: Mapping[str, Sequence[str]]) -> Line:
    line = _past(row)
    by = ways.get(telling.key_of(row.review_id, row.step, row.drill), ())
    reached = ", ".join(by) or ("in the application only" if row.reached else "")
    return Line(
        key=line.key,
        what=line.what,
        at=None,
        icon=line.icon,
        tone=line.tone,
        words=". ".join(each for each in (row.words.rstrip("."), reached) if each),
    )
