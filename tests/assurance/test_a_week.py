"""
Easter of 2027, everything at once: one change that nobody decides for five days.

Two teams in two time zones, two holidays, the night the clocks go forward, a rotation with a swap,
a chain of absences, a role with nobody left. The clock is driven; every tick that beat would send
is made by hand.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from approvals import decisions, expiry, rerouting, sla_breaches
from approvals.announcing.rounds import announce_due
from approvals.models import Decision, Escalation, Proposal, Review
from orchestrator.assurance import rounds
from orchestrator.assurance.models import Finding
from orchestrator.calendars import operations as calendars
from orchestrator.calendars.models import Calendar
from orchestrator.calendars.spans import parse_day
from orchestrator.commits import engine
from orchestrator.notifications.delivery import deliver_due
from orchestrator.notifications.models import Delivery, Notification
from orchestrator.oncall import queries as oncall
from orchestrator.oncall import swapping
from orchestrator.oncall.models import Schedule
from orchestrator.orgs.models import Org
from orchestrator.paging import acknowledging
from orchestrator.paging.models import PageCall
from orchestrator.people.absences import set_absence
from orchestrator.people.models import Role
from orchestrator.people.role_calendars import set_calendar
from orchestrator.timers.firing import fire_due
from orchestrator.timers.models import Timer
from tests.factories import SETUP, create_draft, create_proposal, create_role, get_user
from tests.oncall.schedules import add_layer, create_schedule
from tests.registry_factories import create_workflow
from tests.standard_workflow import WORKFLOW

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MINUTES = dt.timedelta(minutes=1)
HOURS = dt.timedelta(hours=1)
PLAN = """
escalation:
  - {{ at: 50%, do: remind }}
  - {{ at: 80%, do: widen, to: backups }}
  - {{ at: 100%, do: page, to: on-call }}
  - {{ at: +30 minutes, do: page_next }}
  - {{ at: 300%, do: deny }}
"""
SOURCE = (
    WORKFLOW.replace(
        "sla: {{ decide_within: 4 hours, execute_within: 24 hours }}",
        "sla: {{ decide_within: 4 business hours, execute_within: 24 hours, calendar: emea }}",
    )
    + PLAN
)


def berlin(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Return what the clocks in Berlin show on a day of March 2027, as UTC."""
    return dt.datetime(2027, 3, day, hour, minute, tzinfo=BERLIN).astimezone(dt.UTC)


def new_york(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Return what the clocks in New York show on a day of March 2027, as UTC."""
    return dt.datetime(2027, 3, day, hour, minute, tzinfo=NEW_YORK).astimezone(dt.UTC)


@dataclass
class House:
    """Everything that beat sets going, made to go by hand."""

    at: dt.datetime

    def until(self, moment: dt.datetime) -> None:
        """Let the time pass, with a tick whenever something may be due."""
        while self.at < moment:
            self.at = min([moment, self.at + 12 * HOURS, *self._due_next()])
            self.tick()

    def _due_next(self) -> list[dt.datetime]:
        later: list[Any] = [
            Timer.objects.filter(state="open", due_at__gt=self.at),
            Delivery.objects.filter(state="queued", due_at__gt=self.at),
        ]
        return [
            rows.order_by("due_at").values_list("due_at", flat=True)[0] for rows in later if rows
        ]

    def tick(self) -> None:
        fire_due(at_clock=lambda: self.at)
        sla_breaches.record_breaches(at=self.at)
        rerouting.reroute_due(at=self.at)
        expiry.expire_due(at=self.at)
        announce_due(at=self.at)
        while deliver_due(at_clock=lambda: self.at):
            continue

    def decide(self, proposal: Proposal, username: str) -> Proposal:
        decided = decisions.decide(
            proposal_id=proposal.pk,
            person=get_user(username),
            vote="approve",
            digest=proposal.digest,
            reason_code="",
            text="Agreed.",
            at=self.at,
            authenticated_at=self.at,
        )
        self.tick()
        return decided


@pytest.fixture
def house() -> House:
    """The two teams: Berlin decides first, New York where much money moves."""
    start = berlin(22, 9)
    day = parse_day("09:00-17:00")
    week = (day, day, day, day, day, (), ())
    for slug, zone, region in (
        ("emea", "Europe/Berlin", "DE-BE"),
        ("us", "America/New_York", "US-NY"),
    ):
        calendars.create_calendar(
            slug=slug, title=slug, zone=zone, week=week, region=region, by=SETUP, at=start
        )
    create_workflow(source=SOURCE)
    create_role(slug="deal-desk", members=[get_user("gina"), get_user("hugo")])
    for slug, calendar in (("deal-desk", "emea"), ("ae-manager", "us")):
        set_calendar(
            role=Role.objects.get(slug=slug),
            calendar=Calendar.objects.get(slug=calendar),
            by=SETUP,
            at=start,
        )
    return House(start)


@pytest.fixture
def rota(house) -> Schedule:
    """Gina and Hugo by turns, a day each, and for one day the other way round."""
    schedule = create_schedule("gina", "hugo", at=house.at)
    add_layer(schedule, "gina", "hugo", at=house.at, kind="daily", starts_on=dt.date(2027, 3, 25))
    at_hugos = oncall.on_call_now(role=schedule.role, at=berlin(30, 12))[0]
    at_ginas = oncall.on_call_now(role=schedule.role, at=berlin(31, 12))[0]
    assert (at_hugos.person, at_ginas.person) == (get_user("hugo"), get_user("gina"))
    swap = swapping.ask(
        schedule=schedule,
        gives=at_hugos,
        takes=at_ginas,
        reason="The dentist.",
        by=get_user("hugo"),
        at=house.at,
    )
    swapping.accept(swap=swap, by=get_user("gina"), at=house.at)
    return schedule


@pytest.fixture
def absences(house) -> None:
    """Ben is away and has Cleo stand in, who is away too and has Frank stand in."""
    for name, other in (("ben", "cleo"), ("cleo", "frank")):
        set_absence(
            person=get_user(name),
            starts_at=berlin(29, 0),
            ends_at=berlin(31, 20),
            delegate=get_user(other),
            note="Easter",
            by=get_user(name),
            at=house.at,
        )


@pytest.fixture
def proposal(house, rota, absences, crm) -> Proposal:
    """A change of much money, asked for an hour before Berlin goes home for Easter."""
    house.until(berlin(25, 16))
    key = crm.add(
        "Opportunity",
        "006000000000001AAA",
        Name="Northwind renewal",
        StageName="Prospecting",
        Amount=90000.0,
        AccountId="001000000000001AAA",
    )
    draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"})
    return create_proposal(draft=draft, at=house.at)


def told(event: str) -> dict[str, int]:
    """Return who was told of an event, and how often."""
    names = Notification.objects.filter(event=event).values_list("person__username", flat=True)
    return dict(Counter(names))


@pytest.mark.django_db
@pytest.mark.req("I1", "I2", "A2", "A4")
@pytest.mark.timeout(600)
def test_a_change_waits_over_easter_and_nobody_is_forgotten(house, rota, proposal, crm):
    first = Review.objects.get(proposal=proposal, stage=1)

    # An hour on Thursday; Good Friday, the weekend and Easter Monday are closed; three on Tuesday.
    assert first.due_at == berlin(30, 12)
    # The night in which the clocks go forward makes a shift of 23 hours, not of 24.
    [sunday] = oncall.on_call_now(role=rota.role, at=berlin(28, 1))
    assert sunday.ends_at - sunday.starts_at == 23 * HOURS

    house.until(berlin(30, 9, 55))
    assert not Escalation.objects.exists()

    _people_are_asked(house)
    page = _somebody_is_called(house, proposal)
    first.refresh_from_db()
    assert first.breached_at is not None

    # Frank decides in Ben's place, under his own name.
    house.until(berlin(30, 12, 20))
    house.decide(proposal, "frank")
    vote = Decision.objects.get(review=first)
    assert (vote.person.username, vote.on_behalf_of.username) == ("frank", "ben")
    page.refresh_from_db()
    assert page.state == "resolved"

    _new_york_is_asked_and_the_change_is_written(house, proposal)
    _no_step_came_twice_and_nothing_is_left(house)


def _people_are_asked(house: House) -> None:
    # Half of the time: whoever may decide now, Ben's place filled by Frank at the chain's end.
    house.until(berlin(30, 10))
    assert told("escalation.remind") == {"gina": 1, "hugo": 1, "frank": 1}

    # Four fifths: the role behind the deal desk.
    house.until(berlin(30, 11, 15))
    assert told("escalation.widen") == {"dora": 1}


def _somebody_is_called(house: House, proposal: Proposal) -> PageCall:
    # All of it: Gina, who took Hugo's day; she does not answer, so Hugo is called, who does.
    house.until(berlin(30, 12))
    page = PageCall.objects.get(subject_kind="proposal", subject_id=proposal.pk)
    assert [turn.person.username for turn in page.turns.order_by("number")] == ["gina"]
    house.until(berlin(30, 12, 5))
    assert [turn.person.username for turn in page.turns.order_by("number")] == ["gina", "hugo"]
    page.refresh_from_db()
    acknowledging.acknowledge(page=page, person=get_user("hugo"), at=house.at)
    return page


def _new_york_is_asked_and_the_change_is_written(house: House, proposal: Proposal) -> None:
    # New York sleeps; its four hours begin at nine there. Cleo is away, and Frank has voted, so
    # the role has nobody left and the ops owner is asked instead.
    second = Review.objects.get(proposal=proposal, stage=2)
    assert (second.state, second.role.slug) == ("open", "ops-owner")
    assert second.opened_at == house.at

    house.until(new_york(30, 10))
    assert house.decide(Proposal.objects.get(pk=proposal.pk), "dora").state == "approved"
    engine.drain(org_id=Org.objects.get(slug="acme-prod").pk, at_clock=lambda: house.at)
    house.until(house.at + 10 * MINUTES)
    assert Proposal.objects.get(pk=proposal.pk).state == "committed"
    assert told("proposal.committed")["ada"] == 1


def _no_step_came_twice_and_nothing_is_left(house: House) -> None:
    house.until(berlin(31, 18))
    steps = Counter(Escalation.objects.values_list("review", "step"))
    assert set(steps.values()) == {1}
    keys = Counter(Notification.objects.values_list("person", "key"))
    assert set(keys.values()) == {1}
    assert not Timer.objects.filter(state="open", due_at__lte=house.at).exists()
    ends = set(Delivery.objects.filter(due_at__lte=house.at).values_list("state", flat=True))
    assert ends <= {"sent", "failed", "failed_over", "cancelled"}
    rounds.run(at_clock=lambda: house.at)
    assert list(Finding.objects.values_list("check_name", "words")) == []
