"""Finishing, handing on and arranging duties."""

import datetime as dt

import pgtrigger
import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from orchestrator.agents.models import Grant
from orchestrator.agents.operations import end_grant
from orchestrator.calendars.wall_clock import UnknownZone
from orchestrator.duties import arranging, finishing, signing
from orchestrator.duties.changing_hands import RoundDuties
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.schedule import Schedule
from orchestrator.kernel.errors import NotAllowed, ReasonNeeded
from orchestrator.notifications.models import Notification
from orchestrator.people import carried
from orchestrator.people.accounts import close_account
from tests.duties.scene import FIRST, MONDAY, duty, line, opened, set_up, sign, sign_all, staff
from tests.factories import SETUP, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I4")]


def everybody() -> list:
    return [get_user("dora"), get_user("frank"), staff()]


def finish(review: DutyRound, name: str = "dora") -> DutyRound:
    person = get_user(name)
    return finishing.finish(round_id=review.pk, summary="As it was.", person=person, at=FIRST)


class TestFinishing:
    def test_needs_every_line_signed(self, review):
        with pytest.raises(finishing.LinesLeft):
            finish(review)

    def test_is_refused_by_the_database_too(self, review):
        with pytest.raises(IntegrityError, match="once every line is signed"), transaction.atomic():
            review.move("done", finished_at=FIRST, finished_by=get_user("dora"), digest="sha256:0")

    def test_stands_in_the_ledger_with_a_digest_over_every_line(self, review):
        sign_all(review, *everybody())
        done = finish(review)

        entry = Entry.objects.get(event="duty.finished")
        assert entry.detail["digest"] == done.digest == finishing.digest_of_round(done)
        assert entry.detail["verdicts"] == {"keep": review.lines.count()}
        assert (entry.detail["late"], entry.detail["text"]) == (False, "As it was.")

    def test_digest_tells_any_other_word_apart(self, review):
        sign_all(review, *everybody())
        before = finishing.digest_of_round(review)
        with connection_without_triggers():
            DutyLine.objects.filter(pk=line(review, "grant").pk).update(said="Something else.")

        assert finishing.digest_of_round(review) != before

    def test_happens_once(self, review):
        sign_all(review, *everybody())
        finish(review)

        with pytest.raises(signing.RoundIsDone):
            finish(review, "frank")
        assert Entry.objects.filter(event="duty.finished").count() == 1

    def test_ends_signing(self, review):
        sign_all(review, *everybody())
        finish(review)

        with pytest.raises(signing.RoundIsDone):
            sign(line(review, "grant"), get_user("dora"))

    def test_is_refused_to_who_does_not_carry_it(self, review):
        sign_all(review, *everybody())

        with pytest.raises(NotAllowed):
            finish(review, "eve")

    def test_waits_for_what_was_revoked_and_is_still_there(self, review):
        sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")
        for found in review.lines.filter(state="open"):
            barred = set(found.barred)
            sign(found, next(each for each in everybody() if each.username not in barred))

        with pytest.raises(finishing.LinesLeft, match="still there"):
            finish(review)

    def test_notices_what_is_gone_by_then(self, review):
        found = line(review, "grant")
        DutyLine.objects.filter(pk=found.pk).update(
            state="revoke_asked",
            verdict="revoke",
            said="Too much.",
            signed_by=get_user("dora"),
            signed_at=FIRST,
        )
        end_grant(grant=Grant.objects.get(pk=found.subject_id), reason="x", by=SETUP, at=FIRST)
        for each in review.lines.filter(state="open"):
            barred = set(each.barred)
            sign(each, next(one for one in everybody() if one.username not in barred))

        assert finish(review).state == "done"

    def test_freezes_lines_once_signed(self, review):
        found = sign(line(review, "grant"), get_user("dora"))

        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            DutyLine.objects.filter(pk=found.pk).update(said="Never said.")

    def test_freezes_what_a_line_shows(self, review):
        with pytest.raises(Exception, match="stays as it was"), transaction.atomic():
            DutyLine.objects.filter(pk=line(review, "grant").pk).update(title="Another")


def connection_without_triggers():
    """Do what only a superuser of the database can do."""
    return pgtrigger.ignore("duties.DutyLine:signed_is_signed")


class TestHandingOn:
    def hand_on(self, review: DutyRound, to: str, by: str = "dora", words: str = "Away.") -> None:
        arranging.hand_on(
            round_id=review.pk, to=get_user(to), words=words, by=get_user(by), at=FIRST
        )

    def test_gives_it_to_somebody_else_who_carries_the_role(self, review):
        self.hand_on(review, "frank")

        assert DutyRound.objects.get(pk=review.pk).assignee == get_user("frank")
        assert Entry.objects.get(event="duty.handed_on").detail["previous"] == "dora"
        assert Notification.objects.get(person=get_user("frank"), event="duty.handed_on")

    @pytest.mark.parametrize("to", ["eve", "dora"])
    def test_is_refused_to_strangers_and_to_who_has_it(self, review, to):
        with pytest.raises(arranging.CannotTake):
            self.hand_on(review, to)

    def test_is_refused_by_strangers(self, review):
        with pytest.raises(NotAllowed):
            self.hand_on(review, "frank", by="eve")

    def test_needs_a_reason(self, review):
        with pytest.raises(ReasonNeeded):
            self.hand_on(review, "frank", words=" ")

    def test_happens_by_itself_when_the_account_is_closed(self, review):
        assert [item.title for item in RoundDuties().items(get_user("dora"), at=FIRST)] == [
            "Access review (2026-12)"
        ]
        create_role(slug="unused", members=[get_user("dora")], fallback=None)
        remaining = get_user("frank")
        close_account(
            person=get_user("dora"),
            successors={
                "role:unused": remaining,
                "role:ops-owner": remaining,
                **successors_of("dora", remaining),
            },
            by=staff(),
            reason="Left.",
            at=FIRST,
        )

        assert DutyRound.objects.get(pk=review.pk).assignee == remaining


def successors_of(name: str, to):
    return {
        item.id: to for item in carried.carried_by(get_user(name), at=FIRST) if item.must_be_taken
    }


class TestArranging:
    def arrange(self, by: str = "dora", **changed) -> None:
        values = {
            "role": create_role(slug="deal-desk"),
            "schedule": Schedule("weekly", 4, dt.time(15), "Europe/Berlin"),
            "due_within": 1,
            "reason": "Fridays suit us.",
            **changed,
        }
        arranging.arrange(duty_id=duty("exception_review").pk, by=get_user(by), at=MONDAY, **values)

    def test_moves_the_next_time_it_comes_round(self):
        set_up()
        self.arrange()

        found = duty("exception_review")
        assert found.opens_at == dt.datetime(2026, 11, 27, 14, tzinfo=dt.UTC)
        assert found.role.slug == "deal-desk"
        detail = Entry.objects.get(event="duty.changed").detail
        assert detail["before"]["when"] == "every Monday at 09:00 UTC"
        assert detail["after"]["when"] == "every Friday at 15:00 Europe/Berlin"

    def test_makes_no_second_round_for_a_period_that_had_one(self):
        set_up()
        opened("exception_review")
        self.arrange()

        assert duty("exception_review").period == "2026-W49"

    def test_leaves_open_rounds_as_they_are(self):
        set_up()
        about = opened("exception_review")
        self.arrange()

        assert DutyRound.objects.get(pk=about.pk).due_at == about.due_at

    @pytest.mark.parametrize("name", ["ben", "eve"])
    def test_is_for_ops_owners_and_staff(self, name):
        set_up()

        with pytest.raises(NotAllowed):
            self.arrange(by=name)

    def test_refuses_what_makes_no_sense(self):
        set_up()

        for schedule in (Schedule("weekly", 7, dt.time(9)), Schedule("monthly", 0, dt.time(9))):
            with pytest.raises(arranging.NoSuchDay):
                self.arrange(schedule=schedule)
        with pytest.raises(arranging.NoSuchDay):
            self.arrange(due_within=0)
        with pytest.raises(ReasonNeeded):
            self.arrange(reason="")
        with pytest.raises(UnknownZone):
            self.arrange(schedule=Schedule("weekly", 1, dt.time(9), "Mars/Base"))
