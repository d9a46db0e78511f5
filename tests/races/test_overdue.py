"""Two sweeps meet at the same overdue reviews."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from approvals import sla_breaches
from approvals.models import Review
from audit.models import Entry
from tests.factories import AT, create_draft, create_proposal, create_workflow
from tests.fake_connector import FakeCrm

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A5", "I1")]
LATER = AT + dt.timedelta(hours=5)


@pytest.fixture
def _overdue(crm: FakeCrm) -> None:
    create_workflow()
    for number in range(6):
        draft = create_draft(record_id=f"006{number:012d}")
        crm.add("Opportunity", draft.changes[0].record_id, StageName="Prospecting")
        create_proposal(draft=draft)


@pytest.mark.usefixtures("_overdue")
def test_each_is_recorded_once():
    counts = []
    start = threading.Barrier(2)

    def sweep():
        try:
            start.wait(10)
            counts.append(sla_breaches.record_breaches(at=LATER))
        finally:
            connection.close()

    sweeps = [threading.Thread(target=sweep) for _ in range(2)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join(30)

    assert sum(counts) == 6
    assert Entry.objects.filter(event="review.overdue").count() == 6
    assert not Review.objects.filter(state="open", breached_at=None).exists()


@pytest.mark.usefixtures("_overdue")
def test_nobody_waits_for_a_review_that_somebody_is_deciding():
    held = Review.objects.order_by("due_at", "pk")[0].pk
    found = []

    def sweep():
        try:
            found.append(sla_breaches.record_breaches(at=LATER))
        finally:
            connection.close()

    with transaction.atomic():
        Review.objects.select_for_update().get(pk=held)
        other = threading.Thread(target=sweep)
        other.start()
        other.join(30)
        assert found == [5]

    assert sla_breaches.record_breaches(at=LATER) == 1
