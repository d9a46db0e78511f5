"""Calling people about one matter, one after another, each step once."""

import pytest
from django.db import IntegrityError, transaction

from audit.queries import subject_history
from orchestrator.notifications.models import Channel, Notification
from orchestrator.paging import paging
from orchestrator.paging.models import PageCall, PageStep, PageTurn
from tests.factories import AT, create_role, get_user
from tests.paging.scene import (
    MINUTE,
    WHY,
    a_subject,
    called_now,
    create_callers,
    fresh,
    history,
    open_page,
)

pytestmark = pytest.mark.django_db


class TestPage:
    @pytest.mark.req("I2")
    def test_calls_the_first_of_the_role(self):
        page = open_page()

        assert history(page) == [("ben", "calling")]
        assert (page.state, page.until, page.title) == (
            "called",
            a_subject().until,
            "Northwind renewal: Qualification",
        )

    def test_tells_the_shared_channels_of_the_role_once(self):
        role = create_callers()
        Channel.objects.create(
            role=role,
            kind="pagerduty",
            label="Deal desk",
            address="key",
            ranks={"page": 1},
            created_at=AT,
            verified_at=AT,
        )
        open_page(role=role)
        paging.page_next(
            subject_kind="proposal", subject_id="prp_1", why="More.", step="next", at=AT
        )

        assert Notification.objects.filter(role=role).count() == 1

    @pytest.mark.req("I2")
    def test_calls_nobody_twice_for_one_step(self):
        role = create_callers()
        page = open_page(role=role)

        again = paging.page(subject=a_subject(), role=role, why=WHY, step="page", at=AT + MINUTE)

        assert again is None
        assert history(page) == [("ben", "calling")]

    def test_calls_nobody_for_a_step_of_a_page_that_has_ended(self):
        role = create_callers()
        open_page(role=role)
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Approved.", at=AT)

        assert paging.page(subject=a_subject(), role=role, why=WHY, step="page", at=AT) is None
        assert PageCall.objects.count() == 1

    def test_calls_the_next_person_in_the_open_page_for_a_further_step(self):
        role = create_callers()
        page = open_page(role=role)

        same = paging.page(subject=a_subject(), role=role, why="More.", step="later", at=AT)

        assert same == page
        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]

    def test_opens_another_page_once_the_first_has_ended(self):
        role = create_callers()
        first = open_page(role=role)
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Sent back.", at=AT)

        second = open_page(role=role, step="answered:page")

        assert second != first
        assert called_now(second) == get_user("ben")

    @pytest.mark.req("A4")
    def test_never_calls_who_is_barred(self):
        page = open_page(subject=a_subject(barred=("ben", "dora")))

        assert called_now(page) == get_user("cleo")
        paging.page_next(
            subject_kind="proposal", subject_id="prp_1", why="More.", step="next", at=AT
        )
        assert fresh(page).state == "exhausted"

    def test_calls_the_ops_owner_once_the_role_is_through(self):
        page = open_page()
        for number in range(2):
            paging.page_next(
                subject_kind="proposal",
                subject_id="prp_1",
                why="Still nobody.",
                step=f"next:{number}",
                at=AT + MINUTE,
            )

        assert [name for name, _ in history(page)] == ["ben", "cleo", "dora"]

    def test_calls_the_staff_where_no_role_has_anybody(self):
        boss = get_user("eve")
        boss.is_staff = True
        boss.save()

        page = open_page(role=create_role(slug="empty"))

        assert called_now(page) == boss

    def test_says_so_where_nobody_at_all_can_be_called(self):
        page = open_page(role=create_role(slug="empty"))

        assert fresh(page).state == "exhausted"
        assert fresh(page).exhausted_at == AT
        assert [line.event for line in subject_history(kind="page", id=page.pk)] == [
            "page.exhausted"
        ]


class TestPageNext:
    def test_needs_an_open_page(self):
        found = paging.page_next(
            subject_kind="proposal", subject_id="prp_9", why="More.", step="next", at=AT
        )

        assert found is None
        assert not PageStep.objects.exists()

    def test_calls_nobody_twice_for_one_step(self):
        page = open_page()
        for _ in range(2):
            paging.page_next(
                subject_kind="proposal", subject_id="prp_1", why="More.", step="next", at=AT
            )

        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]


class TestResolve:
    def test_ends_the_page_and_the_turn_of_whoever_is_called(self):
        page = open_page()

        ended = paging.resolve(
            subject_kind="proposal", subject_ids=["prp_1", "prp_2"], words="Approved.", at=AT
        )

        assert ended == 1
        assert (fresh(page).state, fresh(page).words) == ("resolved", "Approved.")
        assert history(page) == [("ben", "settled")]

    def test_leaves_other_kinds_of_matter_alone(self):
        page = open_page()

        assert paging.resolve(subject_kind="duty", subject_ids=["prp_1"], words="x", at=AT) == 0
        assert fresh(page).state == "called"

    def test_does_nothing_where_it_has_ended(self):
        open_page()
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Approved.", at=AT)

        assert not paging.resolve(
            subject_kind="proposal", subject_ids=["prp_1"], words="Denied.", at=AT
        )
        assert PageCall.objects.get().words == "Approved."


class TestTheDatabase:
    def test_keeps_one_open_page_for_a_matter(self):
        page = open_page()
        with pytest.raises(IntegrityError), transaction.atomic():
            PageCall.objects.create(
                subject_kind="proposal",
                subject_id="prp_1",
                role=page.role,
                why=WHY,
                opened_at=AT,
                path="/",
            )

    def test_keeps_one_person_called_at_a_time(self):
        page = open_page()
        with pytest.raises(IntegrityError), transaction.atomic():
            PageTurn.objects.create(
                page=page, number=2, round=1, person=get_user("cleo"), why=WHY, called_at=AT
            )

    def test_keeps_a_page_from_ending_without_its_time(self):
        page = open_page()
        with pytest.raises(IntegrityError), transaction.atomic():
            PageCall.objects.filter(pk=page.pk).update(state="resolved")
