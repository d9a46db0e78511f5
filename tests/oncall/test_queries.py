"""Who is on call, and whom to ask after them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.oncall import queries
from orchestrator.oncall.models import Override
from orchestrator.people import operations as people
from orchestrator.people.models import Absence, User
from tests.oncall.schedules import (
    DAY,
    HOUR,
    MONDAY,
    add_layer,
    create_rota,
    create_schedule,
    ops_owner,
    utc,
)
from tests.registry_factories import SETUP, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "A2")]
# 46 weeks after the first turn began: with two people in turn it is ada's.
TUESDAY = MONDAY + DAY + 10 * HOUR


def names(found: list[User]) -> list[str]:
    return [person.username for person in found]


class TestOnCallNow:
    def test_names_the_person_in_turn_from_until_and_by_which_layer(self):
        schedule = create_rota("ada", "ben")
        [shift] = queries.on_call_now(role=schedule.role, at=TUESDAY)

        # 2026-11-16 is 45 weeks after 2026-01-05: an odd turn.
        assert shift.person.username == "ben"
        assert (shift.starts_at, shift.ends_at) == (utc(2026, 11, 16, 8), utc(2026, 11, 23, 8))
        assert shift.words == "Primary"
        assert shift.schedule == schedule

    def test_names_the_layers_in_order(self):
        schedule = create_rota("ada", "ben", "cleo")
        add_layer(schedule, "cleo", title="Backup")

        assert [each.words for each in queries.on_call_now(role=schedule.role, at=TUESDAY)] == [
            "Primary",
            "Backup",
        ]

    def test_is_nobody_for_a_role_without_a_schedule(self):
        assert queries.on_call_now(role=create_role(slug="ae-manager"), at=TUESDAY) == []

    def test_leaves_out_whoever_left_the_company_or_the_role(self):
        schedule = create_rota("ada", "ben", "cleo")
        [shift] = queries.on_call_now(role=schedule.role, at=TUESDAY)
        User.objects.filter(pk=shift.person.pk).update(is_active=False)
        assert queries.on_call_now(role=schedule.role, at=TUESDAY) == []

        User.objects.filter(pk=shift.person.pk).update(is_active=True)
        people.remove_member(
            role=schedule.role, person=shift.person, reason="Moved.", by=SETUP, at=MONDAY
        )
        assert queries.on_call_now(role=schedule.role, at=TUESDAY) == []

    def test_asks_the_next_layer_while_somebody_is_away(self):
        schedule = create_schedule("ada", "ben")
        add_layer(schedule, "ada")
        add_layer(schedule, "ben", title="Backup")
        Absence.objects.create(
            person=get_user("ada"),
            starts_at=TUESDAY - HOUR,
            ends_at=TUESDAY + HOUR,
            created_at=MONDAY,
        )

        now = queries.on_call_now(role=schedule.role, at=TUESDAY)
        later = queries.on_call_now(role=schedule.role, at=TUESDAY + HOUR)

        assert names([shift.person for shift in now]) == ["ben"]
        assert names([shift.person for shift in later]) == ["ada", "ben"]


class TestOrder:
    def test_asks_who_is_on_call_then_who_is_next_then_every_other_member(self):
        schedule = create_schedule("ada", "ben", "cleo", "eve")
        add_layer(schedule, "ada", "ben")
        add_layer(schedule, "cleo", title="Backup")

        assert names(queries.order(role=schedule.role, at=TUESDAY)) == ["ben", "cleo", "ada", "eve"]

    def test_leaves_out_whoever_is_away_now_though_they_are_next(self):
        schedule = create_rota("ada", "ben")
        Absence.objects.create(
            person=get_user("ada"), starts_at=MONDAY, ends_at=MONDAY + 3 * DAY, created_at=MONDAY
        )

        assert names(queries.order(role=schedule.role, at=TUESDAY)) == ["ben"]

    def test_without_a_schedule_is_every_reachable_member(self):
        role = create_role(slug="ae-manager", members=[get_user("cleo"), get_user("ada")])

        assert names(queries.order(role=role, at=TUESDAY)) == ["ada", "cleo"]

    def test_falls_back_where_the_role_reaches_nobody(self):
        owners = create_role(slug="ops-owner", members=[get_user("dora")])
        role = create_role(slug="risk-owner", fallback=owners)

        assert names(queries.order(role=role, at=TUESDAY)) == ["dora"]

    def test_takes_as_many_queries_for_a_large_schedule_as_for_a_small_one(self):
        small = create_rota("ada", "ben", slug="small")
        crowd = [f"member-{number}" for number in range(12)]
        large = create_rota(*crowd, slug="large")
        for number in range(4):
            add_layer(large, *crowd, title=f"Layer {number + 2}", kind="daily")
        Override.objects.bulk_create(
            Override(
                schedule=large,
                person=get_user("member-1"),
                starts_at=MONDAY + number * DAY,
                ends_at=MONDAY + number * DAY + HOUR,
                reason="Covers.",
                made_by=ops_owner(),
                made_at=MONDAY,
            )
            for number in range(10)
        )
        counts = []
        for schedule in (small, large):
            with CaptureQueriesContext(connection) as captured:
                queries.order(role=schedule.role, at=TUESDAY)
            counts.append(len(captured))

        assert counts[0] == counts[1] <= 13


class TestNextHandOff:
    def test_is_the_shift_with_which_somebody_else_begins(self):
        schedule = create_rota("ada", "ben")
        shift = queries.next_hand_off(role=schedule.role, at=TUESDAY)

        assert shift.person.username == "ada"
        assert shift.starts_at == utc(2026, 11, 23, 8)

    def test_is_none_where_one_person_does_it_all(self):
        schedule = create_rota("ada")

        assert queries.next_hand_off(role=schedule.role, at=TUESDAY) is None


def test_hand_offs_stay_at_nine_on_the_wall_when_the_clocks_change():
    schedule = create_rota("ada", "ben")
    saturday = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
    [before] = queries.on_call_now(role=schedule.role, at=saturday)
    after = queries.next_hand_off(role=schedule.role, at=saturday)

    assert before.starts_at == utc(2026, 10, 19, 7)
    assert before.ends_at == after.starts_at == utc(2026, 10, 26, 8)
