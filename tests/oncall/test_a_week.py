"""A team in two time zones over the change to winter time: turns, a swap, an override, a gap."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orchestrator.notifications.models import Notification
from orchestrator.oncall import overriding, queries, swapping, watching
from orchestrator.oncall.loading import load
from orchestrator.oncall.models import Schedule
from orchestrator.oncall.plans import lay_out
from orchestrator.oncall.schedule_page import coming_shifts
from orchestrator.people.models import Absence
from tests.oncall.schedules import DAY, HOUR, add_layer, create_schedule, ops_owner
from tests.registry_factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
# Berlin leaves summer time on Sunday, 25 October 2026; New York a week later.
MONDAY = dt.datetime(2026, 10, 19, 0, 0, tzinfo=BERLIN).astimezone(dt.UTC)
WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]


def berlin(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 10, day, hour, tzinfo=BERLIN).astimezone(dt.UTC)


@pytest.fixture
def desk() -> Schedule:
    """Berlin has the day from nine to nine, New York the night; ada and ben, cleo and eve."""
    schedule = create_schedule("ada", "ben", "cleo", "eve", at=MONDAY - DAY)
    day = ({"weekdays": WEEKDAYS, "from": "09:00", "to": "21:00"},)
    night = ({"weekdays": WEEKDAYS, "from": "21:00", "to": "09:00"},)
    turns: dict[str, Any] = {
        "kind": "daily",
        "starts_on": dt.date(2026, 10, 19),
        "at": MONDAY - DAY,
    }
    add_layer(schedule, "ada", "ben", title="Berlin", windows=day, **turns)
    add_layer(schedule, "cleo", "eve", title="New York", windows=night, **turns)
    return schedule


def first(schedule: Schedule, at: dt.datetime) -> str:
    """Return who is asked first at a moment, or nobody."""
    return next(
        (each.person.username for each in queries.on_call_now(role=schedule.role, at=at)), "nobody"
    )


def hour_by_hour(schedule: Schedule) -> list[str]:
    """Return who is asked first at half past every hour of the week."""
    start, end = berlin(19, 9), berlin(26, 9)
    [loaded] = load([schedule], since=start - DAY, until=end + DAY)
    layout = lay_out(loaded.plan, start - DAY, end + DAY)
    halves = [start + number * HOUR + HOUR / 2 for number in range(int((end - start) / HOUR))]
    seats = [layout.seats(moment)[:1] for moment in halves]
    return [loaded.people[each[0].person].username if each else "nobody" for each in seats]


def test_every_hour_of_a_week_of_169_has_somebody(desk):
    found = hour_by_hour(desk)

    assert len(found) == 169
    assert "nobody" not in found
    # Twelve hours each, and the night in which the clocks go back has thirteen.
    assert {name: found.count(name) for name in set(found)} == {
        "ada": 48,
        "ben": 36,
        "cleo": 48,
        "eve": 37,
    }


def test_hand_offs_stay_on_the_wall_of_the_schedule_and_move_on_the_other(desk):
    before = queries.next_hand_off(role=desk.role, at=berlin(24, 12)).starts_at
    after = queries.next_hand_off(role=desk.role, at=berlin(25, 12)).starts_at

    assert [each.astimezone(BERLIN).hour for each in (before, after)] == [21, 21]
    assert [each.astimezone(NEW_YORK).hour for each in (before, after)] == [15, 16]
    assert after - before == 25 * HOUR


def test_a_swap_an_override_and_an_absence_change_exactly_their_hours(desk):
    plain = hour_by_hour(desk)
    at = berlin(19, 10)
    shifts = sorted(coming_shifts(desk, at), key=lambda each: each.starts_at)
    mine = next(each for each in shifts if each.person.username == "ben")
    theirs = next(each for each in shifts if each.person.username == "cleo")
    swap = swapping.ask(
        schedule=desk, gives=mine, takes=theirs, reason="A concert.", by=mine.person, at=at
    )
    assert hour_by_hour(desk) == plain
    swapping.accept(swap=swap, by=theirs.person, at=at + HOUR)
    overriding.override(
        schedule=desk,
        person=get_user("eve"),
        starts_at=berlin(22, 6),
        ends_at=berlin(22, 12),
        reason="Ben is ill.",
        by=ops_owner(),
        at=at,
    )
    Absence.objects.create(
        person=get_user("ada"), starts_at=berlin(23, 9), ends_at=berlin(23, 13), created_at=at
    )

    found = hour_by_hour(desk)
    changed = {
        (plain[number], found[number], (berlin(19, 9) + number * HOUR).astimezone(BERLIN).day)
        for number in range(len(plain))
        if plain[number] != found[number]
    }
    assert changed == {
        ("ben", "cleo", 20),  # the shift that ben gave
        ("cleo", "ben", 19),  # the night that he took for it
        ("cleo", "ben", 20),
        ("cleo", "eve", 22),  # the override, from the end of a night
        ("ben", "eve", 22),
        ("ada", "nobody", 23),  # away, and New York is asleep
    }
    assert found.count("nobody") == 4


def test_the_gap_is_told_before_it_begins_and_once(desk):
    Absence.objects.create(
        person=get_user("ada"),
        starts_at=berlin(23, 9),
        ends_at=berlin(23, 13),
        created_at=MONDAY,
    )
    told = [watching.announce_gaps(at=berlin(day, 10)) for day in (19, 20, 21, 22)]

    assert told == [2, 0, 0, 0]
    titles = set(Notification.objects.filter(event="oncall.gap").values_list("title", flat=True))
    assert titles == {
        "On call for Deal desk: Nobody is on call",
        "On call for Deal desk: Ada is away",
    }
    assert first(desk, berlin(23, 10)) == "nobody"
    # Whoever is paged then is not left to chance: the next on call, then the other members.
    order = queries.order(role=desk.role, at=berlin(23, 10))
    assert [person.username for person in order] == ["cleo", "ben", "eve"]
