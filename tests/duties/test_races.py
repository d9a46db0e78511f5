"""Several people, and several workers, at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from audit.models import Entry
from orchestrator.duties import finishing, opening, signing
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.kernel.errors import DomainError
from tests.duties.scene import FIRST, line, opened, set_up, sign_all, staff
from tests.factories import get_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I4")]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same moment, each on a connection of its own; return values and refusals."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait(timeout=10)
        try:
            results[place] = call()
        except DomainError as refusal:
            results[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_one_worker_opens_a_round():
    set_up()

    found = together(*[lambda: opening.open_due(at=FIRST)] * 3)

    assert sum(found) == DutyRound.objects.count() == 3
    assert Entry.objects.filter(event="duty.opened").count() == 3


def test_one_of_two_people_finishes():
    set_up()
    review = opened()
    sign_all(review, get_user("dora"), get_user("frank"), staff())

    def finish(name: str) -> DutyRound:
        person = get_user(name)
        return finishing.finish(round_id=review.pk, summary=name, person=person, at=FIRST)

    found = together(lambda: finish("dora"), lambda: finish("frank"))

    assert sorted(type(each).__name__ for each in found) == ["DutyRound", "RoundIsDone"]
    assert Entry.objects.filter(event="duty.finished").count() == 1


def test_one_of_two_people_signs_a_line():
    set_up()
    found = line(opened(), "grant")

    def sign(name: str, verdict: str) -> DutyLine:
        return signing.sign(
            line_id=found.pk,
            person=get_user(name),
            verdict=verdict,
            said="Because.",
            seen=found.digest,
            at=FIRST,
        )

    came = together(lambda: sign("dora", "keep"), lambda: sign("frank", "revoke"))

    assert sorted(type(each).__name__ for each in came) == ["DutyLine", "IllegalMove"]
    assert Entry.objects.filter(event="duty.line_signed").count() == 1
