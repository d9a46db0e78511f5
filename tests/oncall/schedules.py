"""Schedules for a test: a role with its people, layers, and a calendar file."""

import datetime as dt
from collections.abc import Sequence

from orchestrator.oncall import editing
from orchestrator.oncall.editing import Turns
from orchestrator.oncall.models import Layer, Schedule
from orchestrator.people.models import User
from tests.registry_factories import create_role, get_user

# A Monday, midnight; the layers below hand over at nine in Berlin.
MONDAY = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=7)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    """Return a moment."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


def ops_owner() -> User:
    """Return dora, who may edit schedules."""
    dora = get_user("dora")
    create_role(slug="ops-owner", members=[dora])
    return dora


def create_schedule(
    *names: str, slug: str = "deal-desk", zone: str = "Europe/Berlin", at: dt.datetime = MONDAY
) -> Schedule:
    """Return the schedule of a role with these members, without layers."""
    role = create_role(slug=slug, members=[get_user(name) for name in names])
    return editing.create_schedule(
        role=role, title=role.title, time_zone=zone, by=ops_owner(), at=at
    )


def turns(*names: str, title: str = "Primary", **more: object) -> Turns:
    """Return a weekly rotation from Monday, 5 January 2026 at nine, unless told otherwise."""
    values: dict[str, object] = {
        "kind": "weekly",
        "starts_on": dt.date(2026, 1, 5),
        "hand_off_at": dt.time(9),
        **more,
    }
    people = tuple(get_user(name) for name in names)
    return Turns(title=title, people=people, **values)  # type: ignore[arg-type]  # as given


def add_layer(schedule: Schedule, *names: str, at: dt.datetime = MONDAY, **more: object) -> Layer:
    """Return a new layer of the schedule, in force since long before, for these people."""
    layer = editing.set_layer(
        schedule=schedule,
        turns=turns(*names, **more),  # type: ignore[arg-type]  # as given
        reason="The test needs it.",
        by=ops_owner(),
        at=at,
    )
    Layer.objects.filter(pk=layer.pk).update(in_force_from=at - 400 * DAY)
    layer.refresh_from_db()
    return layer


def create_rota(*names: str, slug: str = "deal-desk") -> Schedule:
    """Return a schedule in which these people take weekly turns."""
    schedule = create_schedule(*names, slug=slug)
    add_layer(schedule, *names)
    return schedule


def calendar(*events: Sequence[str]) -> str:
    """Return an iCalendar file with these events, each a list of lines."""
    body = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *body, "END:VCALENDAR", ""]
    return "\r\n".join(lines)
