"""Pages of somebody who leaves go to others at once, and none of them is forgotten."""

import pytest

from orchestrator.paging import due, paging
from orchestrator.paging.acknowledging import acknowledge
from orchestrator.people import accounts, carried, handing_over
from orchestrator.people.handing_over import CannotHandOver
from orchestrator.timers.models import Timer
from tests.factories import AT, create_user, get_user
from tests.paging.scene import MINUTE, a_subject, called_now, fresh, history, open_page

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
SOON = AT + MINUTE


@pytest.fixture
def sam():
    person = get_user("sam")
    person.is_staff = True
    person.save()
    return person


def ids(person):
    return [
        each.id for each in carried.carried_by(get_user(person), at=SOON) if each.kind == "page"
    ]


def close(person, by, successors=None):
    return accounts.close_account(
        person=get_user(person), successors=successors or {}, by=by, reason="He left.", at=SOON
    )


def hand_over(page, to, by, person="ben"):
    return handing_over.hand_over(
        person=get_user(person), successors={f"page:{page.pk}": get_user(to)}, by=by,
        reason="He moves on.", at=SOON,
    )  # fmt: skip


def call_another(page):
    paging.page_next(
        subject_kind="proposal", subject_id=page.subject_id, why="More.", step="next", at=AT
    )


class TestAPageOfSomebodyWhoLeaves:
    def test_calls_the_next_one_at_once(self, sam):
        page = open_page()
        assert ids("ben") == [f"page:{page.pk}"]

        close("ben", sam)

        assert history(page) == [("ben", "relieved"), ("cleo", "calling")]
        assert Timer.objects.filter(subject=page.pk, step="2", state="open").exists()

    def test_calls_the_next_one_though_it_was_taken(self, sam):
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=AT)

        close("ben", sam)

        assert history(page) == [("ben", "relieved"), ("cleo", "calling")]
        assert fresh(page).state == "called"

    def test_stays_with_whoever_has_it_beside_them(self, sam):
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=AT)
        call_another(page)

        close("cleo", sam)

        assert history(page) == [("ben", "acknowledged"), ("cleo", "relieved")]
        assert fresh(page).state == "acknowledged"

    def test_begins_again_where_nobody_else_is_left(self, sam):
        page = open_page(subject=a_subject(barred=("cleo", "dora", "sam")))

        close("ben", sam)

        assert fresh(page).state == "exhausted"
        assert Timer.objects.filter(subject=page.pk, kind="page.reminder", state="open").exists()

    def test_is_previewed_without_the_title_of_the_matter(self, sam):
        open_page()
        [item] = [
            each for each in carried.carried_by(get_user("ben"), at=SOON) if each.kind == "page"
        ]

        assert item.title == "Called about: proposal, for Deal desk"


class TestHandingAPageOver:
    def test_calls_the_one_it_goes_to(self, sam):
        page = open_page()

        hand_over(page, "dora", sam)

        assert history(page) == [("ben", "handed_on"), ("dora", "calling")]

    def test_calls_nobody_twice(self, sam):
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=AT)
        call_another(page)

        hand_over(page, "cleo", sam)

        assert history(page) == [("ben", "handed_on"), ("cleo", "calling")]
        assert fresh(page).state == "called"
        acknowledge(page=page, person=get_user("cleo"), at=SOON)
        assert fresh(page).state == "acknowledged"

    def test_takes_the_place_of_whoever_was_called_beside(self, sam):
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=AT)
        call_another(page)

        hand_over(page, "dora", sam)

        assert history(page) == [("ben", "handed_on"), ("cleo", "unanswered"), ("dora", "calling")]

    def test_is_refused_for_somebody_who_may_not_be_called(self, sam):
        page = open_page(subject=a_subject(barred=("cleo",)))
        create_user(username="stranger")

        for name in ("cleo", "stranger"):
            with pytest.raises(CannotHandOver):
                hand_over(page, name, sam)

        assert called_now(page) == get_user("ben")

    def test_lets_the_clock_of_the_old_turn_pass_without_effect(self, sam):
        page = open_page()
        old = list(Timer.objects.filter(subject=page.pk, step="1"))
        hand_over(page, "dora", sam)

        due.unacknowledged(old, SOON)

        assert history(page) == [("ben", "handed_on"), ("dora", "calling")]
