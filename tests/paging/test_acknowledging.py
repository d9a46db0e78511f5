"""Answering a page: one person has it, and can hand it on."""

import pytest

from orchestrator.kernel.errors import NotAllowed
from orchestrator.notifications.models import Notification
from orchestrator.paging import paging
from orchestrator.paging.acknowledging import (
    AlreadyAnswered,
    NobodyToHandTo,
    PageOver,
    acknowledge,
    hand_on,
)
from orchestrator.paging.models import PageTurn
from orchestrator.timers.models import Timer
from tests.factories import AT, get_user
from tests.paging.scene import MINUTE, a_subject, called_now, fresh, history, open_page

pytestmark = pytest.mark.django_db
SOON = AT + MINUTE


def go_on(page) -> None:
    paging.page_next(
        subject_kind="proposal", subject_id=page.subject_id, why="More.", step="next", at=AT
    )


class TestAcknowledge:
    @pytest.mark.req("I2")
    def test_stops_the_calling(self):
        page = open_page()

        acknowledge(page=page, person=get_user("ben"), at=SOON)

        assert (fresh(page).state, fresh(page).acknowledged_at) == ("acknowledged", SOON)
        assert history(page) == [("ben", "acknowledged")]
        waiting = Timer.objects.filter(subject=page.pk, state="open")
        assert [timer.kind for timer in waiting] == ["page.reminder"]

    def test_counts_late_as_long_as_nobody_else_answered(self):
        page = open_page()
        go_on(page)

        acknowledge(page=page, person=get_user("ben"), at=SOON)

        assert history(page) == [("ben", "acknowledged"), ("cleo", "relieved")]

    def test_lets_somebody_volunteer_who_was_not_called(self):
        page = open_page()

        acknowledge(page=page, person=get_user("dora"), at=SOON)

        assert history(page) == [("ben", "relieved"), ("dora", "acknowledged")]

    def test_ends_what_nobody_had_answered(self):
        page = open_page(subject=a_subject(barred=("cleo", "dora")))
        go_on(page)
        assert fresh(page).state == "exhausted"

        acknowledge(page=page, person=get_user("ben"), at=SOON)

        assert (fresh(page).state, fresh(page).exhausted_at) == ("acknowledged", None)

    def test_refuses_the_second_who_answers(self):
        page = open_page()
        go_on(page)
        acknowledge(page=page, person=get_user("ben"), at=SOON)

        with pytest.raises(AlreadyAnswered, match="Ben has it"):
            acknowledge(page=page, person=get_user("cleo"), at=SOON)
        assert history(page) == [("ben", "acknowledged"), ("cleo", "relieved")]

    def test_refuses_to_answer_twice(self):
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=SOON)

        with pytest.raises(AlreadyAnswered, match="You have it"):
            acknowledge(page=page, person=get_user("ben"), at=SOON)

    def test_refuses_strangers(self):
        with pytest.raises(NotAllowed):
            acknowledge(page=open_page(), person=get_user("eve"), at=SOON)

    @pytest.mark.req("A4")
    def test_refuses_who_is_barred(self):
        page = open_page(subject=a_subject(barred=("dora",)))

        with pytest.raises(NotAllowed):
            acknowledge(page=page, person=get_user("dora"), at=SOON)

    def test_refuses_what_has_ended_and_says_how(self):
        page = open_page()
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Approved.", at=AT)

        with pytest.raises(PageOver, match="Approved"):
            acknowledge(page=page, person=get_user("ben"), at=SOON)


class TestHandOn:
    @pytest.mark.req("I2")
    def test_calls_the_other_person_at_once(self):
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=AT)

        hand_on(page=page, to=get_user("dora"), by=get_user("ben"), words="Yours.", at=SOON)

        assert history(page) == [("ben", "handed_on"), ("dora", "calling")]
        assert fresh(page).state == "called"
        turn = PageTurn.objects.get(page=page, state="calling")
        assert (turn.why, turn.handed_by) == ("Ben hands it to you: Yours.", get_user("ben"))

    def test_keeps_what_a_person_typed_out_of_the_words_that_leave_the_house(self):
        page = open_page()

        hand_on(page=page, to=get_user("cleo"), by=get_user("ben"), words="Acme, 9m.", at=SOON)

        told = Notification.objects.get(event="page.called", person=get_user("cleo"))
        assert told.title == "You are called: Ben hands it to you."
        assert "Acme" not in " ".join(told.lines)
        assert any("Acme, 9m." in detail for detail in told.details)

    def test_needs_no_answer_first(self):
        page = open_page()

        hand_on(page=page, to=get_user("cleo"), by=get_user("ben"), words="", at=SOON)

        assert history(page) == [("ben", "handed_on"), ("cleo", "calling")]

    def test_may_come_back_to_somebody_who_was_called_before(self):
        page = open_page()
        go_on(page)

        hand_on(page=page, to=get_user("ben"), by=get_user("cleo"), words="", at=SOON)

        assert called_now(page) == get_user("ben")
        assert [name for name, _ in history(page)] == ["ben", "cleo", "ben"]

    def test_refuses_somebody_who_may_not_be_called(self):
        page = open_page(subject=a_subject(barred=("dora",)))
        for nobody in ("eve", "dora"):
            with pytest.raises(NobodyToHandTo):
                hand_on(page=page, to=get_user(nobody), by=get_user("ben"), words="", at=SOON)

    def test_refuses_to_hand_it_to_whoever_has_it(self):
        with pytest.raises(NobodyToHandTo):
            hand_on(page=open_page(), to=get_user("ben"), by=get_user("cleo"), words="", at=SOON)

    def test_refuses_strangers(self):
        with pytest.raises(NotAllowed):
            hand_on(page=open_page(), to=get_user("cleo"), by=get_user("eve"), words="", at=SOON)
