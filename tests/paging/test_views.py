"""The screens of a page: what it is about, and answers that only a form can send."""

import re

import pytest
import time_machine
from django.test import Client

from orchestrator.paging import paging
from orchestrator.paging.acknowledging import acknowledge
from orchestrator.paging.models import PageCall
from orchestrator.paging.subjects import PageSubject
from tests.factories import AT, create_role, get_user
from tests.paging.scene import MINUTE, a_subject, create_callers, fresh, history, open_page

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


@pytest.fixture(autouse=True)
def soon_after():
    with time_machine.travel(AT + MINUTE, tick=False):
        yield


def visitor(username: str) -> Client:
    client = Client()
    client.force_login(get_user(username))
    return client


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def failure() -> PageCall:
    """Return a page about something that has no screen of its own."""
    page = paging.page(
        subject=PageSubject(
            kind="failure", id="f1", title="12 <b>failures</b>", path="/failures/?cause=x"
        ),
        role=create_callers(),
        why="nobody dealt with it",
        step="overdue",
        at=AT,
    )
    assert page is not None
    return page


class TestOnePage:
    def test_says_what_and_why_and_who_was_called(self, failure):
        answer = visitor("ben").get(f"/pages/{failure.pk}/")

        said = text_of(answer)
        assert "You are called" in said
        assert "Nobody dealt with it" in said
        assert "Acknowledge" in said
        assert "12 &lt;b&gt;failures&lt;/b&gt;" in answer.content.decode()
        assert 'href="/failures/?cause=x"' in answer.content.decode()

    def test_acknowledges_nothing_by_being_looked_at(self, failure):
        visitor("ben").get(f"/pages/{failure.pk}/")
        visitor("ben").get(f"/pages/{failure.pk}/acknowledge/")

        assert history(failure) == [("ben", "calling")]

    def test_is_not_there_for_strangers(self, failure):
        assert visitor("eve").get(f"/pages/{failure.pk}/").status_code == 404
        assert visitor("eve").post(f"/pages/{failure.pk}/acknowledge/").status_code == 404

    def test_shows_how_it_ended(self, failure):
        paging.resolve(subject_kind="failure", subject_ids=["f1"], words="All requeued.", at=AT)

        said = text_of(visitor("ben").get(f"/pages/{failure.pk}/"))

        assert "All requeued." in said
        assert "Acknowledge" not in said

    def test_says_where_nobody_could_be_called(self):
        boss = get_user("eve")
        boss.is_staff = True
        boss.save()
        page = open_page(role=create_role(slug="empty"), subject=a_subject(barred=("eve",)))

        assert "Nobody could be called" in text_of(visitor("eve").get(f"/pages/{page.pk}/"))

    def test_costs_the_same_whoever_was_called(self, failure, django_assert_max_num_queries):
        for number in range(2):
            paging.page_next(
                subject_kind="failure", subject_id="f1", why="x", step=str(number), at=AT
            )
        client = visitor("dora")
        client.get(f"/pages/{failure.pk}/")
        with django_assert_max_num_queries(26):
            client.get(f"/pages/{failure.pk}/")


class TestAnswering:
    def test_acknowledges_and_shows_the_page_again(self, failure):
        answer = visitor("ben").post(f"/pages/{failure.pk}/acknowledge/")

        assert answer["Location"] == f"/pages/{failure.pk}/"
        assert history(failure) == [("ben", "acknowledged")]

    def test_leads_to_the_screen_of_the_proposal(self):
        page = open_page()

        answer = visitor("ben").post(f"/pages/{page.pk}/acknowledge/")

        assert answer["Location"] == "/proposals/prp_1/page/"

    def test_tells_who_comes_too_late_who_has_it(self, failure):
        acknowledge(page=failure, person=get_user("ben"), at=AT)

        answer = visitor("cleo").post(f"/pages/{failure.pk}/acknowledge/", follow=True)

        assert "Ben has it" in text_of(answer)
        assert history(failure) == [("ben", "acknowledged")]

    def test_hands_on_to_somebody_of_the_list(self, failure):
        page = f"/pages/{failure.pk}/"
        assert '<option value="cleo">' in visitor("ben").get(page).content.decode()

        answer = visitor("ben").post(f"{page}hand-on/", {"to": "cleo", "words": "On a plane."})

        assert answer["Location"] == "/pages/"
        assert history(failure) == [("ben", "handed_on"), ("cleo", "calling")]
        assert "On a plane." in text_of(visitor("cleo").get(page))

    @pytest.mark.parametrize("to", ["eve", "nobody", ""])
    def test_refuses_to_hand_on_to_others(self, failure, to):
        answer = visitor("ben").post(f"/pages/{failure.pk}/hand-on/", {"to": to})

        assert answer.status_code == 422
        assert history(failure) == [("ben", "calling")]


class TestMyPages:
    def test_lists_what_is_mine_and_what_was(self, failure):
        over = open_page(subject=a_subject(id="prp_old"), role=failure.role)
        paging.resolve(subject_kind="proposal", subject_ids=["prp_old"], words="Denied.", at=AT)

        said = text_of(visitor("ben").get("/pages/"))

        assert said.index("12 &lt;b&gt;failures") < said.index("You were called")
        assert said.index("You were called") < said.index(over.title)

    def test_shows_ops_owners_what_others_are_called_for(self, failure):
        assert "Others are called" in text_of(visitor("dora").get("/pages/"))
        assert "Others are called" not in text_of(visitor("cleo").get("/pages/"))

    def test_says_when_there_is_nothing(self):
        assert "Nobody is calling you" in text_of(visitor("eve").get("/pages/"))

    def test_costs_the_same_however_many_there_are(self, django_assert_max_num_queries):
        role = create_callers()
        for number in range(12):
            open_page(subject=a_subject(id=f"prp_{number}"), role=role)
        client = visitor("dora")
        client.get("/pages/")
        with django_assert_max_num_queries(18):
            assert text_of(client.get("/pages/")).count("Northwind renewal") == 12


class TestTheSignInTheBar:
    def test_is_empty_while_nobody_is_called(self):
        assert not visitor("ben").get("/pages/mine/count/").content.strip()

    def test_says_that_one_is_called_and_then_that_one_has_it(self, failure):
        client = visitor("ben")
        assert "You are called" in text_of(client.get("/pages/mine/count/"))

        acknowledge(page=failure, person=get_user("ben"), at=AT)
        assert "You have it" in text_of(client.get("/pages/mine/count/"))

    def test_costs_one_query_of_its_own(self, failure, django_assert_max_num_queries):
        client = visitor("ben")
        client.get("/pages/mine/count/")
        with django_assert_max_num_queries(8):
            client.get("/pages/mine/count/")


class TestWhatNobodyAnswered:
    def test_is_red_for_those_who_run_the_house(self):
        page = open_page(role=create_role(slug="empty"), subject=a_subject(barred=("dora",)))
        assert fresh(page).state == "exhausted"
        create_role(slug="ops-owner", members=[get_user("dora")])

        assert "nobody answered" in text_of(visitor("dora").get("/pages/unanswered/"))
        assert not visitor("ben").get("/pages/unanswered/").content.strip()
