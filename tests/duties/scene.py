"""What the tests of duties share: a set-up house, a clock, and rounds that came round."""

import datetime as dt
from typing import Any

from orchestrator.agents.models import Agent
from orchestrator.duties import opening, signing, standing
from orchestrator.duties.models import Duty, DutyLine, DutyRound
from orchestrator.duties.states import DutyKind, LineState
from orchestrator.people.models import User
from tests.factories import (
    AT,
    create_granted_agent,
    create_role,
    create_workflow,
    get_user,
    issue_key,
)

# The Monday after AT, nine o'clock: exception reviews come round.
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
# The first working day of December: access reviews and workflow audits come round.
FIRST = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
NOW = FIRST + dt.timedelta(hours=1)


def set_up(*, at: dt.datetime = AT) -> Agent:
    """Make a workflow with an agent, its grants and a key, and the duties of both."""
    workflow = create_workflow()
    create_role(slug="ops-owner", members=[get_user("frank")])
    agent = create_granted_agent(workflow=workflow, slug="hygiene-agent")
    issue_key(agent=agent)
    standing.ensure_duties(at=at)
    return agent


def staff(name: str = "sina") -> User:
    """Return somebody of the staff."""
    person = get_user(name)
    person.is_staff = True
    person.save()
    return person


def duty(kind: str) -> Duty:
    """Return the one duty of this kind."""
    return Duty.objects.get(kind=kind)


def opened(kind: str = DutyKind.ACCESS_REVIEW, *, at: dt.datetime | None = None) -> DutyRound:
    """Open the round of a kind that has come round, and return it."""
    when = at or (MONDAY if kind == DutyKind.EXCEPTION_REVIEW else FIRST)
    found = opening.open_round(duty(kind).pk, at=when)
    assert found is not None
    return found


def line(about: DutyRound, kind: str, **narrowed: Any) -> DutyLine:
    """Return the first line about a kind of thing."""
    return about.lines.filter(subject_kind=kind, **narrowed).order_by("position")[0]


def sign(
    found: DutyLine,
    by: User,
    verdict: str = "keep",
    *,
    said: str = "Because.",
    at: dt.datetime = FIRST,
    **changed: Any,
) -> DutyLine:
    """Sign a line as it stands on the screen."""
    values: dict[str, Any] = {"seen": found.digest, **changed}
    signing.sign(line_id=found.pk, person=by, verdict=verdict, said=said, at=at, **values)
    return DutyLine.objects.get(pk=found.pk)


def sign_all(about: DutyRound, *people: User, verdict: str = "keep") -> None:
    """Sign every line that is open by the first of these people who may."""
    for found in about.lines.exclude(state=LineState.SIGNED):
        barred = set(found.barred)
        sign(found, next(each for each in people if each.username not in barred), verdict)


def page(review: DutyRound, rest: str = "") -> str:
    """Return the address of a round, or of something about it."""
    return f"/duties/{review.pk}/{rest}"


def add_lines(review: DutyRound, count: int) -> None:
    """Add lines about grants to a round."""
    last = review.lines.count()
    DutyLine.objects.bulk_create(
        DutyLine(
            round=review,
            position=last + number,
            section="grants",
            subject_kind="grant",
            subject_id=str(10_000 + number),
            title=f"Agent {number} may update Opportunity",
            facts=[["Agent", f"Agent {number}"]],
            flags=["never used"] if number % 7 == 0 else [],
            barred=["ada"],
            digest=f"sha256:{number:064x}",
        )
        for number in range(1, count + 1)
    )
