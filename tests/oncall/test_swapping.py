"""Swaps: nothing changes until the other accepts."""

import datetime as dt

import pytest

from audit.queries import subject_history
from orchestrator.kernel.errors import NotAllowed
from orchestrator.kernel.states import IllegalMove, StaleState
from orchestrator.notifications.models import Notification
from orchestrator.oncall import overriding, queries, swapping
from orchestrator.oncall.models import Schedule, Swap
from orchestrator.oncall.schedule_page import coming_shifts
from orchestrator.people import operations as people
from tests.oncall.schedules import DAY, HOUR, MONDAY, WEEK, add_layer, create_rota, ops_owner, utc
from tests.registry_factories import SETUP, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
AT = MONDAY + 10 * HOUR


def shift_at(schedule: Schedule, number: int, words: str = "Primary") -> queries.Shift:
    """Return a coming shift of a layer: ada's is the first, then ben's, then ada's."""
    found = [each for each in coming_shifts(schedule, AT) if each.words == words]
    return sorted(found, key=lambda each: each.starts_at)[number]


def ask(schedule: Schedule, gives: int = 0, takes: int = 1, at: dt.datetime = AT) -> Swap:
    mine, theirs = shift_at(schedule, gives), shift_at(schedule, takes)
    return swapping.ask(
        schedule=schedule, gives=mine, takes=theirs, reason="A wedding.", by=mine.person, at=at
    )


def on_call(schedule: Schedule, at: dt.datetime) -> list[str]:
    return [shift.person.username for shift in queries.on_call_now(role=schedule.role, at=at)]


class TestAsk:
    def test_changes_nothing_by_itself_and_asks_the_other(self):
        schedule = create_rota("ada", "ben")
        swap = ask(schedule)

        assert on_call(schedule, AT + WEEK) == ["ada"]
        assert swap.expires_at == utc(2026, 11, 23, 8)
        told = Notification.objects.get()
        assert (told.person.username, told.event) == ("ben", "oncall.swap_asked")
        assert subject_history(kind="schedule", id="deal-desk")[0].event == "oncall.swap_asked"

    def test_refuses_ones_own_shifts(self):
        with pytest.raises(swapping.NobodyToSwapWith):
            ask(create_rota("ada", "ben"), gives=0, takes=2)

    def test_refuses_a_shift_that_is_not_theirs(self):
        schedule = create_rota("ada", "ben")
        with pytest.raises(swapping.NotTheirShift):
            swapping.ask(
                schedule=schedule,
                gives=shift_at(schedule, 1),
                takes=shift_at(schedule, 3),
                reason="Mischief.",
                by=get_user("ada"),
                at=AT,
            )

    def test_refuses_what_has_begun(self):
        schedule = create_rota("ada", "ben")
        with pytest.raises(swapping.TooLate):
            ask(schedule, at=utc(2026, 11, 23, 8))


class TestAccept:
    def test_gives_each_the_shift_of_the_other(self):
        schedule = create_rota("ada", "ben")
        swapping.accept(swap=ask(schedule), by=get_user("ben"), at=AT)

        assert on_call(schedule, AT + WEEK) == ["ben"]
        assert on_call(schedule, AT + 2 * WEEK) == ["ada"]
        assert on_call(schedule, AT + 3 * WEEK) == ["ada"]
        [shift] = queries.on_call_now(role=schedule.role, at=AT + WEEK)
        assert shift.words == "Primary, by a swap"
        assert Notification.objects.filter(person=get_user("ada")).get().event == (
            "oncall.swap_accepted"
        )

    def test_leaves_other_layers_alone(self):
        schedule = create_rota("ada", "ben")
        add_layer(schedule, "ada", title="Backup")
        swapping.accept(swap=ask(schedule), by=get_user("ben"), at=AT)

        assert on_call(schedule, AT + WEEK) == ["ben", "ada"]

    def test_is_only_for_whoever_was_asked(self):
        swap = ask(create_rota("ada", "ben"))
        with pytest.raises(NotAllowed):
            swapping.accept(swap=swap, by=get_user("ada"), at=AT)

    def test_comes_once(self):
        swap = ask(create_rota("ada", "ben"))
        again = Swap.objects.get(pk=swap.pk)
        swapping.accept(swap=swap, by=get_user("ben"), at=AT)

        with pytest.raises((StaleState, swapping.NotTheirShift)):
            swapping.accept(swap=again, by=get_user("ben"), at=AT)
        with pytest.raises(IllegalMove):
            swapping.decline(swap=swap, by=get_user("ben"), at=AT)

    def test_is_too_late_once_a_shift_has_begun(self):
        swap = ask(create_rota("ada", "ben"))
        with pytest.raises(swapping.TooLate):
            swapping.accept(swap=swap, by=get_user("ben"), at=swap.expires_at)

    def test_finds_that_the_shift_was_swapped_away_meanwhile(self):
        schedule = create_rota("ada", "ben", "cleo")
        # In turn: cleo has this week, then ada, ben, cleo.
        names = [shift_at(schedule, number).person.username for number in range(3)]
        first, second = ask(schedule, 0, 1), ask(schedule, 0, 2)
        swapping.accept(swap=first, by=get_user(names[1]), at=AT)

        with pytest.raises(swapping.NotTheirShift):
            swapping.accept(swap=second, by=get_user(names[2]), at=AT)

    def test_finds_that_somebody_left_the_role_meanwhile(self):
        schedule = create_rota("ada", "ben")
        swap = ask(schedule)
        people.remove_member(
            role=schedule.role, person=get_user("ada"), reason="Moved.", by=SETUP, at=AT
        )

        with pytest.raises(Exception, match="not an active member"):
            swapping.accept(swap=swap, by=get_user("ben"), at=AT)

    def test_stands_below_a_later_override(self):
        schedule = create_rota("ada", "ben")
        swapping.accept(swap=ask(schedule), by=get_user("ben"), at=AT)
        overriding.override(
            schedule=schedule,
            person=get_user("ada"),
            starts_at=AT + WEEK,
            ends_at=AT + WEEK + DAY,
            reason="Ben is ill.",
            by=ops_owner(),
            at=AT,
        )

        assert on_call(schedule, AT + WEEK) == ["ada"]


class TestTheOtherEnds:
    def test_a_declined_swap_changes_nothing(self):
        schedule = create_rota("ada", "ben")
        swapping.decline(swap=ask(schedule), by=get_user("ben"), at=AT)

        assert on_call(schedule, AT + WEEK) == ["ada"]

    def test_only_the_asker_stops_asking(self):
        swap = ask(create_rota("ada", "ben"))
        with pytest.raises(NotAllowed):
            swapping.withdraw(swap=swap, by=get_user("ben"), at=AT)
        swapping.withdraw(swap=swap, by=get_user("ada"), at=AT)
        assert Swap.objects.get().state == "withdrawn"

    def test_expires_when_the_first_shift_begins_and_says_so(self):
        swap = ask(create_rota("ada", "ben"))
        assert swapping.expire_due(at=swap.expires_at - HOUR) == 0
        assert swapping.expire_due(at=swap.expires_at) == 1
        assert swapping.expire_due(at=swap.expires_at) == 0

        assert Swap.objects.get().state == "expired"
        assert Notification.objects.filter(event="oncall.swap_expired").count() == 1
        assert subject_history(kind="schedule", id="deal-desk")[0].actor_label == (
            "Countersign (on-call)"
        )
