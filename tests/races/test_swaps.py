"""Two people take one shift at the same moment: one of them has it."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from orchestrator.kernel.errors import DomainError
from orchestrator.oncall import overriding, queries, swapping
from orchestrator.oncall.models import Override, Schedule, Swap
from orchestrator.oncall.schedule_page import coming_shifts
from tests.oncall.schedules import DAY, HOUR, MONDAY, create_rota, ops_owner
from tests.registry_factories import get_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2")]
AT = MONDAY + 10 * HOUR


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run every act in a thread of its own from one starting line; return how each ended."""
    line, ended = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        line.wait(timeout=10)
        try:
            act()
            ended.append("done")
        except DomainError as refusal:
            ended.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(ended)


def ask(schedule: Schedule, takes: int) -> Swap:
    """Ask for the swap of the first coming shift with another of them."""
    shifts = sorted(coming_shifts(schedule, AT), key=lambda each: each.starts_at)
    return swapping.ask(
        schedule=schedule,
        gives=shifts[0],
        takes=shifts[takes],
        reason="A wedding.",
        by=shifts[0].person,
        at=AT,
    )


def test_one_swap_is_accepted_once_however_often_the_button_is_pressed():
    schedule = create_rota("ada", "ben")
    swap = ask(schedule, 1)
    ben = get_user("ben")
    ended = at_once(
        *[
            lambda: swapping.accept(
                swap=Swap.objects.select_related("schedule__role", "asked_by", "asked_of").get(
                    pk=swap.pk
                ),
                by=ben,
                at=AT,
            )
        ]
        * 4
    )

    assert ended.count("done") == 1
    assert Swap.objects.get().state == "accepted"
    [shift] = queries.on_call_now(role=schedule.role, at=AT + 7 * DAY)
    assert shift.person == ben


def test_one_shift_goes_to_one_of_two_who_accept_it():
    schedule = create_rota("ada", "ben", "cleo")
    swaps = [ask(schedule, 1), ask(schedule, 2)]

    def accepting(swap: Swap) -> Callable[[], None]:
        return lambda: swapping.accept(swap=swap, by=swap.asked_of, at=AT)

    ended = at_once(*map(accepting, swaps))

    assert ended == ["done", "not_their_shift"]
    assert Swap.objects.filter(state="accepted").count() == 1


def test_one_time_has_one_override():
    schedule = create_rota("ada", "ben")
    dora = ops_owner()

    def overridden_by(name: str) -> Callable[[], Override]:
        person = get_user(name)
        return lambda: overriding.override(
            schedule=schedule,
            person=person,
            starts_at=AT + DAY,
            ends_at=AT + 2 * DAY,
            reason="Covers.",
            by=dora,
            at=AT,
        )

    ended = at_once(overridden_by("ada"), overridden_by("ben"))

    assert ended == ["done", "overrides_overlap"]
    assert Override.objects.count() == 1
