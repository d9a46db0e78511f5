"""An open page goes where its matter goes, and on from whoever is not there any more."""

import datetime as dt

import pytest

from orchestrator.kernel.actors import system
from orchestrator.notifications.models import Notification
from orchestrator.paging import acknowledging, moving, paging
from orchestrator.people.models import Absence
from tests.factories import AT, create_role, get_user
from tests.paging.scene import MINUTE, called_now, fresh, history, open_page

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "E1")]
LATER = AT + 2 * MINUTE
WORDS = "The review went to VP Sales."


def redirect(role, person=None, at=LATER):
    return moving.redirect(
        subject_kind="proposal",
        subject_id="prp_1",
        role=role,
        person=person,
        words=WORDS,
        by=system("test"),
        at=at,
    )


def go_away(username, *, since=LATER):
    Absence.objects.create(
        person=get_user(username),
        starts_at=since,
        ends_at=since + dt.timedelta(days=2),
        created_at=AT,
    )


def close_account(username):
    person = get_user(username)
    person.is_active = False
    person.save()


class TestRedirect:
    def test_calls_the_new_role_and_lets_go_of_who_was_called(self):
        page = open_page()

        assert redirect(create_role(slug="vp-sales", members=[get_user("vera")]))

        assert history(page) == [("ben", "relieved"), ("vera", "calling")]
        assert (fresh(page).role.slug, fresh(page).state) == ("vp-sales", "called")
        told = Notification.objects.get(event="page.moved")
        assert (told.person.username, told.title) == (
            "ben", "The review went to VP Sales. You need not do anything.",
        )  # fmt: skip

    def test_leaves_the_matter_with_a_holder_who_is_in_the_new_role_too(self):
        page = open_page()
        acknowledging.acknowledge(page=page, person=get_user("ben"), at=AT)

        assert not redirect(create_role(slug="vp-sales", members=[get_user("ben")]))

        assert history(page) == [("ben", "acknowledged")]
        assert fresh(page).role.slug == "vp-sales"

    def test_calls_the_one_person_whose_matter_it_is_now(self):
        page = open_page()
        acknowledging.acknowledge(page=page, person=get_user("ben"), at=AT)

        assert redirect(fresh(page).role, person=get_user("cleo"))

        assert history(page) == [("ben", "relieved"), ("cleo", "calling")]
        assert fresh(page).state == "called"

    def test_never_calls_one_who_is_away(self):
        page = open_page()
        go_away("cleo")

        assert redirect(fresh(page).role, person=get_user("cleo"))

        assert called_now(page) == get_user("dora")

    def test_does_nothing_where_nobody_is_called(self):
        page = open_page()
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Approved.", at=AT)

        assert not redirect(fresh(page).role, person=get_user("cleo"))


class TestMoveOn:
    def test_calls_the_next_where_the_account_of_who_has_it_is_closed(self):
        page = open_page()
        acknowledging.acknowledge(page=page, person=get_user("ben"), at=AT)
        close_account("ben")

        assert moving.move_on(at=LATER) == 1

        assert history(page) == [("ben", "relieved"), ("cleo", "calling")]
        assert fresh(page).state == "called"
        assert moving.move_on(at=LATER) == 0

    def test_calls_the_next_where_who_is_called_goes_away(self):
        page = open_page()
        go_away("ben")

        assert moving.move_on(at=LATER - dt.timedelta(seconds=1)) == 0
        assert moving.move_on(at=LATER) == 1

        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]
        told = Notification.objects.get(event="page.moved")
        assert told.title == "You are away, so somebody else is called."

    def test_leaves_it_with_somebody_who_took_it_from_afar(self):
        page = open_page()
        go_away("ben", since=AT + MINUTE)
        acknowledging.acknowledge(page=page, person=get_user("ben"), at=LATER)

        assert moving.move_on(at=LATER) == 0
        assert history(page) == [("ben", "acknowledged")]

    def test_leaves_it_with_the_holder_when_another_who_is_called_too_goes(self):
        page = open_page()
        acknowledging.acknowledge(page=page, person=get_user("ben"), at=AT)
        paging.page_next(
            subject_kind="proposal", subject_id="prp_1", why="More.", step="next", at=AT
        )
        close_account("cleo")

        assert moving.move_on(at=LATER) == 1

        assert history(page) == [("ben", "acknowledged"), ("cleo", "unanswered")]
        assert fresh(page).state == "acknowledged"
