"""Gaps, found and told before they are missed."""

import pytest

from orchestrator.notifications.models import Notification
from orchestrator.oncall import overriding, watching
from orchestrator.oncall.gaps import GapKind
from orchestrator.oncall.models import Schedule
from orchestrator.people import operations as people
from orchestrator.people.models import Absence, User
from tests.oncall.schedules import (
    DAY,
    HOUR,
    MONDAY,
    WEEK,
    add_layer,
    create_rota,
    create_schedule,
    ops_owner,
    utc,
)
from tests.registry_factories import SETUP, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
AT = MONDAY + 10 * HOUR
NIGHTS = ({"weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "18:00", "to": "09:00"},)


def kinds(schedule: Schedule, at=AT) -> list[str]:
    return [each.gap.kind.value for each in watching.gaps_of([schedule], at=at)[schedule.pk]]


class TestGapsOf:
    def test_are_none_where_everybody_is_there(self):
        assert kinds(create_rota("ada", "ben")) == []

    def test_name_the_time_in_which_nobody_is_on_call(self):
        schedule = create_schedule("ada")
        add_layer(schedule, "ada", windows=NIGHTS)
        found = watching.gaps_of([schedule], at=AT)[schedule.pk]

        assert len(found) == 15
        assert {each.gap.kind for each in found} == {GapKind.NOBODY}
        assert (found[0].gap.starts_at, found[0].gap.ends_at) == (
            utc(2026, 11, 16, 8),
            utc(2026, 11, 16, 17),
        )

    def test_name_who_left_and_that_nobody_stands_there(self):
        schedule = create_rota("ada", "ben")
        User.objects.filter(username="ada").update(is_active=False)
        found = watching.gaps_of([schedule], at=AT)[schedule.pk]

        assert [(each.gap.kind.value, each.words) for each in found] == [
            ("left", "Ada has left"),
            ("nobody", "Nobody is on call"),
        ]

    def test_name_who_is_not_in_the_role_any_more(self):
        schedule = create_rota("ada", "ben")
        people.remove_member(
            role=schedule.role, person=get_user("ada"), reason="Moved.", by=SETUP, at=MONDAY
        )

        assert kinds(schedule) == ["nobody", "not_a_member"]

    def test_name_an_absence_even_where_the_next_layer_answers(self):
        schedule = create_rota("ada", "ben")
        add_layer(schedule, "ben", title="Backup")
        Absence.objects.create(
            person=get_user("ada"),
            starts_at=AT + WEEK,
            ends_at=AT + WEEK + DAY,
            created_at=MONDAY,
        )

        [found] = watching.gaps_of([schedule], at=AT)[schedule.pk]
        assert (found.gap.kind, found.words) == (GapKind.AWAY, "Ada is away")
        assert (found.gap.starts_at, found.gap.ends_at) == (AT + WEEK, AT + WEEK + DAY)

    def test_are_closed_by_an_override(self):
        schedule = create_rota("ada", "ben")
        Absence.objects.create(
            person=get_user("ada"),
            starts_at=AT + WEEK,
            ends_at=AT + WEEK + DAY,
            created_at=MONDAY,
        )
        overriding.override(
            schedule=schedule,
            person=get_user("ben"),
            starts_at=AT + WEEK,
            ends_at=AT + WEEK + DAY,
            reason="Covers.",
            by=ops_owner(),
            at=AT,
        )

        assert kinds(schedule) == []

    def test_name_whom_no_page_would_reach(self):
        schedule = create_rota("ada", "ben")
        User.objects.filter(username="ben").update(email="")

        [found] = watching.gaps_of([schedule], at=AT)[schedule.pk]
        assert found.words == "Ben has no channel that a page would reach"

    def test_take_as_many_queries_for_many_schedules(self, django_assert_max_num_queries):
        schedules = [create_rota("ada", "ben", slug=f"desk-{number}") for number in range(5)]
        found = Schedule.objects.filter(pk__in=[each.pk for each in schedules])
        with django_assert_max_num_queries(14):
            watching.gaps_of(list(found.select_related("role")), at=AT)


class TestAnnounceGaps:
    def test_tells_the_role_and_the_ops_owners_once_of_each_gap(self):
        create_rota("ada", "ben")
        User.objects.filter(username="ada").update(is_active=False)

        assert watching.announce_gaps(at=AT) == 2
        told = Notification.objects.filter(event="oncall.gap")
        assert set(told.values_list("person__username", flat=True)) == {"ben", "dora"}
        assert told.count() == 4

        for day in range(1, 6):
            assert watching.announce_gaps(at=AT + day * DAY) == 0

    def test_tells_again_in_another_week_of_a_schedule_without_anybody(self):
        create_schedule("ada")

        assert watching.announce_gaps(at=AT) == 1
        assert watching.announce_gaps(at=AT + DAY) == 0
        assert watching.announce_gaps(at=AT + WEEK) == 1

    def test_says_nothing_where_nothing_is_missing(self):
        create_rota("ada", "ben")

        assert watching.announce_gaps(at=AT) == 0
        assert not Notification.objects.exists()
