"""Overrides: somebody is on call instead."""

import pytest
from django.db import IntegrityError, transaction

from audit.queries import subject_history
from orchestrator.kernel.errors import NotAllowed
from orchestrator.notifications.models import Notification
from orchestrator.oncall import editing, overriding, queries
from orchestrator.oncall.models import Override, Schedule
from tests.oncall.schedules import DAY, HOUR, MONDAY, create_rota, ops_owner
from tests.registry_factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
AT = MONDAY + 10 * HOUR


def make(schedule: Schedule, name: str = "ada", by: str = "", **more) -> Override:
    return overriding.override(
        schedule=schedule,
        person=get_user(name),
        **{"starts_at": AT + DAY, "ends_at": AT + 2 * DAY, "reason": "Covers.", "at": AT, **more},
        by=get_user(by or name),
    )


class TestOverride:
    def test_puts_somebody_on_call_and_leaves_the_rest_as_it_was(self):
        schedule = create_rota("ada", "ben")
        make(schedule)
        [shift] = queries.on_call_now(role=schedule.role, at=AT + DAY + HOUR)
        [before] = queries.on_call_now(role=schedule.role, at=AT)

        assert (shift.person.username, shift.words) == ("ada", "Override")
        assert before.person.username == "ben"
        assert subject_history(kind="schedule", id="deal-desk")[0].event == "oncall.override_made"

    def test_never_rewrites_who_was_on_call(self):
        made = make(create_rota("ada", "ben"), starts_at=AT - DAY)

        assert made.starts_at == AT

    def test_refuses_a_second_one_at_the_same_time(self):
        schedule = create_rota("ada", "ben")
        make(schedule)
        with pytest.raises(overriding.OverridesOverlap):
            make(schedule, "ben", starts_at=AT + DAY + HOUR)
        make(schedule, "ben", starts_at=AT + 2 * DAY, ends_at=AT + 3 * DAY)
        assert Override.objects.count() == 2

    def test_cannot_overlap_in_the_database_whoever_writes_it(self):
        made = make(create_rota("ada", "ben"))
        made.pk = None
        with (
            pytest.raises(IntegrityError, match="overrides_of_a_schedule_do_not_overlap"),
            transaction.atomic(),
        ):
            made.save(force_insert=True)

    def test_lets_two_schedules_have_one_at_the_same_time(self):
        make(create_rota("ada", "ben"))
        make(create_rota("ada", "ben", slug="revops"))

        assert Override.objects.count() == 2

    def test_lets_members_take_shifts_and_give_none(self):
        schedule = create_rota("ada", "ben")
        with pytest.raises(NotAllowed):
            make(schedule, "ben", by="ada")

    def test_refuses_people_who_are_not_in_the_role(self):
        schedule = create_rota("ada", "ben")
        with pytest.raises(NotAllowed):
            make(schedule, "eve")
        with pytest.raises(editing.NotInTheRole):
            make(schedule, "eve", by="dora")

    @pytest.mark.parametrize(
        "times",
        [
            {"starts_at": AT + DAY, "ends_at": AT + DAY},
            {"starts_at": AT - 2 * DAY, "ends_at": AT - DAY},
            {"ends_at": AT + 90 * DAY},
            {"starts_at": AT + 400 * DAY, "ends_at": AT + 401 * DAY},
        ],
    )
    def test_refuses_times_that_are_over_or_out_of_bounds(self, times):
        with pytest.raises(overriding.NotATime):
            make(create_rota("ada", "ben"), **times)

    def test_tells_whoever_somebody_else_put_on_call(self):
        make(create_rota("ada", "ben"), by=ops_owner().username)

        told = Notification.objects.get()
        assert (told.person.username, told.event) == ("ada", "oncall.override_made")


class TestWithdraw:
    def test_takes_back_what_has_not_begun(self):
        schedule = create_rota("ada", "ben")
        overriding.withdraw(override=make(schedule), by=get_user("ada"), at=AT)
        [shift] = queries.on_call_now(role=schedule.role, at=AT + DAY + HOUR)

        assert shift.person.username == "ben"

    def test_ends_what_has_begun_and_keeps_what_was(self):
        schedule = create_rota("ada", "ben")
        made = make(schedule)
        overriding.withdraw(override=made, by=get_user("ada"), at=AT + DAY + HOUR)

        [earlier] = queries.on_call_now(role=schedule.role, at=AT + DAY)
        [later] = queries.on_call_now(role=schedule.role, at=AT + DAY + HOUR)
        assert (earlier.person.username, later.person.username) == ("ada", "ben")

    def test_refuses_what_is_over_or_was_taken_back(self):
        made = make(create_rota("ada", "ben"))
        overriding.withdraw(override=made, by=get_user("ada"), at=AT)
        with pytest.raises(overriding.OverrideOver):
            overriding.withdraw(override=made, by=get_user("ada"), at=AT)

    def test_is_not_for_others(self):
        made = make(create_rota("ada", "ben"))
        with pytest.raises(NotAllowed):
            overriding.withdraw(override=made, by=get_user("ben"), at=AT)
