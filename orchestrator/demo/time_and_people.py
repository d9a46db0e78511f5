"""Working hours, on-call, an absence and a webhook: what the demo's people live by."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.agents.models import Agent
from orchestrator.calendars import operations as calendars
from orchestrator.calendars.models import Calendar
from orchestrator.calendars.spans import Week, parse_day
from orchestrator.duties import opening, standing
from orchestrator.duties.models import Duty, DutyRound
from orchestrator.kernel.actors import Actor
from orchestrator.oncall import editing
from orchestrator.oncall.models import Schedule
from orchestrator.oncall.states import LayerKind
from orchestrator.people.absences import set_absence
from orchestrator.people.models import Absence, Role, User
from orchestrator.people.role_calendars import set_calendar
from orchestrator.webhooks import operations as webhooks
from orchestrator.webhooks.models import Endpoint

WORKDAYS, WEEKEND = 5, 2
HAND_OFF = dt.time(9)
NEXT_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DemoCalendar:
    """Working hours of a part of the firm."""

    slug: str
    title: str
    zone: str
    hours: str
    region: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoRotation:
    """Who is on call for a role, in turn."""

    role: str
    title: str
    zone: str
    kind: LayerKind
    people: tuple[str, ...]


CALENDARS = [
    DemoCalendar(
        "sales-emea",
        "Sales EMEA",
        "Europe/Berlin",
        "09:00-12:30, 13:00-17:30",
        "DE-BE",
        ("deal-desk", "sales-ops", "ops-owner"),
    ),
    DemoCalendar(
        "sales-us", "Sales US", "America/New_York", "09:00-17:00", "US-NY", ("ae-manager",)
    ),
]
ROTATIONS = [
    DemoRotation(
        "deal-desk",
        "Deal desk, weekly",
        "Europe/Berlin",
        LayerKind.WEEKLY,
        ("deal-desk", "deal-desk-2"),
    ),
    DemoRotation(
        "ops-owner",
        "Ops, daily",
        "Europe/Berlin",
        LayerKind.DAILY,
        ("ops-owner", "ops-deputy"),
    ),
]


def set_up_calendars(*, by: Actor, at: dt.datetime) -> None:
    """Make the calendars that are missing: workflow files name them."""
    for wanted in CALENDARS:
        if not Calendar.objects.filter(slug=wanted.slug).exists():
            calendars.create_calendar(
                slug=wanted.slug,
                title=wanted.title,
                zone=wanted.zone,
                week=_week(wanted.hours),
                region=wanted.region,
                by=by,
                at=at,
            )


def set_up(*, by: Actor, at: dt.datetime) -> None:
    """Give roles their hours and their on-call, and have one person away next week."""
    for wanted in CALENDARS:
        calendar = Calendar.objects.get(slug=wanted.slug)
        for slug in wanted.roles:
            set_calendar(role=Role.objects.get(slug=slug), calendar=calendar, by=by, at=at)
    for rotation in ROTATIONS:
        if not Schedule.objects.filter(role__slug=rotation.role).exists():
            _rotate(rotation, at)
    if not Absence.objects.exists():
        _go_on_holiday(at)


def begin_duties(*, at: dt.datetime) -> None:
    """Let every duty come round once, so that there is something to sign off."""
    standing.ensure_duties(at=at)
    if not DutyRound.objects.exists():
        # The demo does not wait for Monday.
        Duty.objects.update(opens_at=at)
        opening.open_due(at=at)


def tell_agents(*, addresses: Mapping[str, str], by: Actor, at: dt.datetime) -> dict[str, str]:
    """Tell agents outcomes at these addresses; return the secrets that were made now, by agent."""
    secrets = {}
    for slug, url in addresses.items():
        agent = Agent.objects.get(slug=slug)
        if not Endpoint.objects.filter(agent=agent).exists():
            made = webhooks.add_endpoint(
                agent=agent, url=url, label="Where the agent listens", events=[], by=by, at=at
            )
            secrets[slug] = made.secret
    return secrets


def _week(hours: str) -> Week:
    day = parse_day(hours)
    return (*(day for _ in range(WORKDAYS)), *(() for _ in range(WEEKEND)))


def _rotate(rotation: DemoRotation, at: dt.datetime) -> None:
    owner = User.objects.get(username="ops-owner")
    schedule = editing.create_schedule(
        role=Role.objects.get(slug=rotation.role),
        title=rotation.title,
        time_zone=rotation.zone,
        by=owner,
        at=at,
    )
    monday = at.date() - dt.timedelta(days=at.weekday())
    turns = editing.Turns(
        title="First",
        kind=rotation.kind,
        starts_on=monday,
        hand_off_at=HAND_OFF,
        people=tuple(User.objects.get(username=name) for name in rotation.people),
    )
    editing.set_layer(
        schedule=schedule, turns=turns, reason="Where the demo begins.", by=owner, at=at
    )


def _go_on_holiday(at: dt.datetime) -> None:
    away = User.objects.get(username="deal-desk-2")
    set_absence(
        person=away,
        starts_at=at + NEXT_WEEK,
        ends_at=at + 2 * NEXT_WEEK,
        delegate=User.objects.get(username="deal-desk"),
        note="Holiday",
        by=away,
        at=at,
    )
