"""Setting schedules and rotations."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.queries import subject_history
from orchestrator.oncall import editing, queries
from orchestrator.oncall.models import Layer
from tests.oncall.schedules import (
    DAY,
    MONDAY,
    WEEK,
    add_layer,
    create_rota,
    create_schedule,
    ops_owner,
    turns,
    utc,
)
from tests.registry_factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
LATER = MONDAY + 2 * DAY


class TestCreateSchedule:
    def test_refuses_a_second_schedule_of_one_role(self):
        schedule = create_schedule("ada")
        with pytest.raises(editing.ScheduleExists):
            editing.create_schedule(
                role=schedule.role, title="Another", time_zone="UTC", by=ops_owner(), at=MONDAY
            )

    def test_stands_in_the_ledger(self):
        create_schedule("ada")

        assert subject_history(kind="schedule", id="deal-desk")[0].event == (
            "oncall.schedule_created"
        )


class TestSetLayer:
    def test_puts_a_new_layer_below_the_others(self):
        schedule = create_rota("ada", "ben")
        layer = editing.set_layer(
            schedule=schedule,
            turns=turns("ben", title="Backup"),
            reason="More hands.",
            by=ops_owner(),
            at=LATER,
        )

        assert layer.position == 2
        entry = subject_history(kind="schedule", id="deal-desk")[0]
        assert entry.event == "oncall.layer_added"
        assert entry.detail["turns"] == "weekly, Monday 09:00"
        assert entry.detail["people"] == ["ben"]

    def test_changes_who_is_on_call_from_now_and_not_before(self):
        schedule = create_rota("ada", "ben")
        editing.set_layer(
            schedule=schedule,
            number=1,
            seen=editing.layer_at(schedule, 1).pk,
            turns=turns("ada"),
            reason="ben moves on.",
            by=ops_owner(),
            at=LATER,
        )

        [before] = queries.on_call_now(role=schedule.role, at=LATER - DAY)
        [after] = queries.on_call_now(role=schedule.role, at=LATER)
        assert (before.person.username, before.ends_at) == ("ben", LATER)
        assert (after.person.username, after.starts_at) == ("ada", LATER)

    def test_refuses_to_replace_a_layer_that_somebody_changed_meanwhile(self):
        schedule = create_rota("ada", "ben")
        with pytest.raises(editing.LayerChanged):
            editing.set_layer(
                schedule=schedule,
                number=1,
                seen=0,
                turns=turns("ada"),
                reason="Too late.",
                by=ops_owner(),
                at=LATER,
            )
        assert Layer.objects.get().in_force_until is None

    def test_refuses_somebody_who_is_not_in_the_role(self):
        schedule = create_schedule("ada")
        with pytest.raises(editing.NotInTheRole, match="Eve"):
            add_layer(schedule, "ada", "eve")

    def test_refuses_somebody_who_left(self):
        schedule = create_schedule("ada", "ben")
        get_user("ben").__class__.objects.filter(username="ben").update(is_active=False)
        with pytest.raises(editing.NotInTheRole, match="Ben"):
            add_layer(schedule, "ada", "ben")

    def test_refuses_nobody(self):
        with pytest.raises(editing.NobodyInTurn):
            add_layer(create_schedule("ada"))

    def test_keeps_one_layer_in_force_in_each_place_whatever_happens(self):
        layer = add_layer(create_schedule("ada"), "ada")
        layer.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            layer.save(force_insert=True)


class TestEndLayer:
    def test_leaves_the_place_empty_from_now_on(self):
        schedule = create_rota("ada")
        seen = editing.layer_at(schedule, 1).pk
        editing.end_layer(
            schedule=schedule, number=1, seen=seen, reason="No more.", by=ops_owner(), at=LATER
        )

        assert queries.on_call_now(role=schedule.role, at=LATER) == []
        assert len(queries.on_call_now(role=schedule.role, at=LATER - DAY)) == 1


class TestChangeSchedule:
    def test_keeps_the_hand_off_on_the_wall_of_the_new_zone(self):
        schedule = create_rota("ada", "ben")
        editing.change_schedule(
            schedule=schedule,
            title="Deal desk",
            time_zone="America/New_York",
            reason="The desk moved.",
            by=ops_owner(),
            at=LATER,
        )
        shift = queries.next_hand_off(role=schedule.role, at=LATER)
        earlier = queries.on_call_now(role=schedule.role, at=MONDAY + 9 * dt.timedelta(hours=1))

        assert shift.starts_at == utc(2026, 11, 23, 14)
        # What was before the move still began at nine in Berlin.
        assert earlier[0].starts_at == utc(2026, 11, 16, 8)
        assert queries.on_call_now(role=schedule.role, at=MONDAY + WEEK + 9 * DAY / 24) != []
