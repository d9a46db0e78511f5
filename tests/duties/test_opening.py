"""Duties come round by themselves: made for everything, opened once, missed periods collapse."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from orchestrator.duties import opening, standing
from orchestrator.duties.models import Duty, DutyRound
from orchestrator.notifications.models import Notification
from orchestrator.people.models import Absence
from orchestrator.timers.models import Timer
from tests.duties.scene import FIRST, MONDAY, duty, opened, set_up, staff
from tests.factories import AT, create_role, create_workflow, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I4")]
WEEK = dt.timedelta(weeks=1)


class TestStandingDuties:
    def test_are_there_for_the_installation_and_every_workflow(self):
        set_up()

        assert set(Duty.objects.values_list("kind", "workflow__slug")) == {
            ("access_review", None),
            ("exception_review", "deal-hygiene"),
            ("workflow_audit", "deal-hygiene"),
        }

    def test_are_made_for_a_new_workflow_by_itself(self):
        set_up()
        create_workflow(slug="lead-care")

        assert standing.ensure_duties(at=MONDAY) == 2
        assert standing.ensure_duties(at=MONDAY) == 0
        assert Duty.objects.filter(workflow__slug="lead-care").count() == 2

    def test_wait_for_a_house_that_is_not_set_up(self):
        assert standing.ensure_duties(at=AT) == 0

    def test_come_round_for_the_first_time_after_they_were_made(self):
        set_up()

        assert duty("exception_review").opens_at == MONDAY
        assert duty("access_review").opens_at == FIRST

    def test_exist_once_a_workflow(self):
        set_up()
        again = duty("access_review")
        again.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


class TestComingRound:
    def test_opens_what_is_due_and_nothing_else(self):
        set_up()

        assert opening.open_due(at=MONDAY - dt.timedelta(seconds=1)) == 0
        assert opening.open_due(at=MONDAY) == 1
        assert opening.open_due(at=MONDAY) == 0
        found = DutyRound.objects.get()
        assert (found.period, found.state, found.missed) == ("2026-W48", "open", [])
        assert (found.covers_from, found.covers_until) == (AT, MONDAY)
        assert found.due_at == dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)

    def test_goes_on_where_one_cannot_be_opened(self, monkeypatch):
        set_up()
        real = opening.open_round
        broken = duty("access_review").pk

        def fail_for_one(duty_id: int, *, at: dt.datetime) -> DutyRound | None:
            if duty_id == broken:
                raise RuntimeError("unreadable")
            return real(duty_id, at=at)

        monkeypatch.setattr(opening, "open_round", fail_for_one)
        assert opening.open_due(at=FIRST) == 2

        monkeypatch.setattr(opening, "open_round", real)
        assert opening.open_due(at=FIRST) == 1

    def test_collapses_what_was_missed_into_one_round(self):
        set_up()
        opening.open_due(at=MONDAY)

        late = MONDAY + 4 * WEEK + dt.timedelta(hours=3)
        opening.open_due(at=late)

        found = duty("exception_review").rounds.latest("pk")
        assert (found.period, found.missed) == ("2026-W52", ["2026-W49", "2026-W50", "2026-W51"])
        assert (found.covers_from, found.covers_until) == (MONDAY, late)
        assert duty("exception_review").opens_at == MONDAY + 5 * WEEK
        entry = Entry.objects.filter(event="duty.opened", subject_id=str(found.pk)).get()
        assert entry.detail["missed"] == found.missed

    def test_exists_once_a_period(self):
        set_up()
        found = opened("exception_review")
        found.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            found.save(force_insert=True)

    def test_goes_to_who_has_the_fewest_open_rounds(self):
        set_up()

        opening.open_due(at=FIRST)

        given = list(DutyRound.objects.order_by("pk").values_list("assignee__username", flat=True))
        assert sorted(given) == ["dora", "dora", "frank"]

    def test_goes_to_nobody_who_is_away(self):
        set_up()
        Absence.objects.create(
            person=get_user("dora"), starts_at=AT, ends_at=FIRST + WEEK, created_at=AT
        )

        assert opened().assignee == get_user("frank")

    def test_is_for_staff_to_give_where_nobody_is_there(self):
        set_up()
        someone = staff()
        empty = create_role(slug="auditors")
        Duty.objects.filter(kind="access_review").update(role=empty)
        for name in ("dora", "frank"):
            person = get_user(name)
            person.is_active = False
            person.save()

        found = opened()

        assert found.assignee == someone

    def test_tells_the_assignee_and_arms_every_step(self):
        set_up()
        found = opened()

        told = Notification.objects.get(subject_kind="duty", subject_id=str(found.pk))
        assert (told.person, told.event) == (found.assignee, "duty.opened")
        assert told.path == f"/duties/{found.pk}/"
        assert Timer.objects.filter(kind="duty.step", subject=str(found.pk)).count() == 7

    def test_moves_on_from_a_period_although_the_calendar_changed_meanwhile(self):
        set_up()
        standing_duty = duty("access_review")
        # As if the first working day had been another one when this was arranged.
        early = FIRST - dt.timedelta(hours=5)
        Duty.objects.filter(pk=standing_duty.pk).update(opens_at=early)

        assert opened(at=early).period == "2026-12"
        assert duty("access_review").period == "2027-01"
