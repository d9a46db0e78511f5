"""Who is called about failures, halts and pauses: once for each, and never a crowd."""

import datetime as dt

import pytest

from orchestrator.commits import (
    deadletters,
    escalation,
    failure_calls,
    fence,
    gates,
    halt_calls,
    pause_notices,
)
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit, Halt
from orchestrator.connectors.errors import ErrorClass
from orchestrator.notifications.models import Notification
from orchestrator.paging import paging
from orchestrator.paging.acknowledging import acknowledge
from orchestrator.paging.models import PageCall
from orchestrator.people.models import User
from tests.commits.scene import SOON
from tests.commits.visits import fail
from tests.factories import create_role, get_user
from tests.paging.scene import history

pytestmark = pytest.mark.django_db
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
OVERDUE = SOON + 9 * HOUR


@pytest.mark.req("E4", "I3")
class TestFailures:
    def test_call_the_ops_owner_on_call_once_they_are_overdue(self, dead_letter):
        escalation.escalate_overdue(at=SOON + 7 * HOUR)
        assert not PageCall.objects.exists()

        escalation.escalate_overdue(at=OVERDUE)
        escalation.escalate_overdue(at=OVERDUE + MINUTE)

        page = PageCall.objects.get()
        assert history(page) == [("dora", "calling")]
        assert page.title == "The CRM does not let our user write it"
        assert page.path.startswith("/failures/?workflow=deal-hygiene&cause=")

    def test_of_one_cause_make_one_page_that_counts_them(self, crm):
        fail(crm, *range(1, 13))

        escalation.escalate_overdue(at=OVERDUE)

        page = PageCall.objects.get()
        assert page.title == "12 changes: The CRM does not let our user write it"
        assert Notification.objects.filter(event="page.called").count() == 1

    def test_found_by_several_sweeps_still_make_one_page(self, crm, monkeypatch):
        monkeypatch.setattr(escalation, "MOST_AT_ONCE", 3)
        fail(crm, *range(1, 9))
        sweeps = 0
        while escalation.escalate_overdue(at=OVERDUE):
            sweeps += 1

        failure_calls.settle(at=OVERDUE)

        assert sweeps == 3
        assert PageCall.objects.get().title.startswith("8 changes: ")
        assert Notification.objects.filter(event="page.called").count() == 1

    def test_join_the_page_that_is_open(self, crm):
        fail(crm, 1)
        escalation.escalate_overdue(at=OVERDUE)
        acknowledge(page=PageCall.objects.get(), person=get_user("dora"), at=OVERDUE)
        fail(crm, 2)

        escalation.escalate_overdue(at=OVERDUE + HOUR)

        page = PageCall.objects.get()
        assert history(page) == [("dora", "acknowledged")]
        assert page.title.startswith("2 changes: ")

    def test_end_the_page_once_all_of_them_are_dealt_with(self, crm):
        first, second = fail(crm, 1, 2)
        escalation.escalate_overdue(at=OVERDUE)
        deal_with(first)
        failure_calls.settle(at=OVERDUE)
        assert PageCall.objects.get().state == "called"
        assert not PageCall.objects.get().title.startswith("2 changes")

        deal_with(second)
        failure_calls.settle(at=OVERDUE)

        assert PageCall.objects.get().state == "resolved"
        assert failure_calls.settle(at=OVERDUE) == 0

    def test_call_again_for_what_fails_after_the_page_has_ended(self, crm):
        (first,) = fail(crm, 1)
        escalation.escalate_overdue(at=OVERDUE)
        deal_with(first)
        failure_calls.settle(at=OVERDUE)
        fail(crm, 2)

        escalation.escalate_overdue(at=OVERDUE + 9 * HOUR)

        assert list(PageCall.objects.order_by("pk").values_list("state", flat=True)) == [
            "resolved",
            "called",
        ]

    def test_call_for_what_joined_a_page_at_the_moment_at_which_it_ended(self, crm, monkeypatch):
        (first,) = fail(crm, 1)
        escalation.escalate_overdue(at=OVERDUE)
        deal_with(first)
        fail(crm, 2)
        later, resolve = OVERDUE + 9 * HOUR, paging.resolve

        def resolve_late(**matters):
            escalation.escalate_overdue(at=later)
            return resolve(**matters)

        with monkeypatch.context() as patched:
            patched.setattr(paging, "resolve", resolve_late)
            failure_calls.settle(at=later)
        assert [page.state for page in PageCall.objects.all()] == ["resolved"]

        failure_calls.settle(at=later + MINUTE)

        newest = PageCall.objects.order_by("opened_at").last()
        assert (newest.state, newest.title) == ("called", newest.title.removeprefix("2 changes: "))
        failure_calls.settle(at=later + 2 * MINUTE)
        assert PageCall.objects.count() == 2


def deal_with(commit: Commit) -> None:
    deadletters.discard(
        commit_id=commit.pk, reason="Not wanted.", person=get_user("dora"), at=OVERDUE
    )


@pytest.mark.req("E4")
class TestHalts:
    @pytest.fixture
    def owners(self) -> User:
        create_role(slug="ops-owner", members=[get_user("dora")])
        create_role(slug="system-owner", members=[get_user("sofia"), get_user("dora")])
        return get_user("sofia")

    def halt(self, by: str = "eve") -> Halt:
        return fence.halt(
            scope="all", value="", reason="Something is off.", by=get_user(by).actor, at=SOON
        )

    def test_call_one_of_each_role_once(self, owners):
        self.halt()
        for _ in range(2):
            halt_calls.call(at=SOON)

        pages = PageCall.objects.order_by("pk")
        assert [history(page) for page in pages] == [[("dora", "calling")], [("sofia", "calling")]]
        assert pages[0].title == "Halted for everything: Something is off."

    def test_never_call_who_pulled_it(self, owners):
        self.halt(by="dora")
        halt_calls.call(at=SOON)

        page = PageCall.objects.get(subject_id__endswith=":ops-owner")
        assert (page.state, history(page)) == ("exhausted", [])
        assert history(PageCall.objects.exclude(pk=page.pk).get()) == [("sofia", "calling")]

    def test_end_the_pages_once_released_by_two(self, owners):
        halt = self.halt()
        halt_calls.call(at=SOON)
        fence.ask_release(halt=halt, reason="Found it.", by=get_user("dora").actor, at=SOON)
        halt_calls.call(at=SOON)
        assert PageCall.objects.filter(state="called").count() == 2

        fence.release(halt=halt, by=get_user("sofia").actor, at=SOON)
        halt_calls.call(at=SOON)

        assert set(PageCall.objects.values_list("state", "words")) == {
            ("resolved", "Released by Sofia.")
        }

    def test_cost_one_look_while_nothing_is_halted(self, owners, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            assert halt_calls.call(at=SOON) == 0


@pytest.mark.req("E4")
class TestPauses:
    @pytest.fixture
    def paused(self, crm) -> Gate:
        org = fail(crm, 1)[0].org
        create_role(slug="system-owner", members=[get_user("sofia")])
        return gates.fault(
            org=org, error_class=ErrorClass.AUTH, code="INVALID_SESSION", text="No.", at=SOON
        )

    def told(self) -> list[Notification]:
        return list(Notification.objects.filter(event="org.paused"))

    def test_are_told_to_the_system_owner_once(self, paused):
        for _ in range(2):
            assert pause_notices.tell(at=SOON) == 1

        (message,) = self.told()
        assert (message.person.username, message.urgency) == ("sofia", "high")
        assert "the CRM refuses our sign-in" in message.lines[0]

    def test_are_concluded_once_writing_goes_on(self, paused):
        pause_notices.tell(at=SOON)
        Gate.objects.update(state="closed", cause="", text="", paused_at=None, probe_at=None)

        assert pause_notices.tell(at=SOON + MINUTE) == 0

        (message,) = self.told()
        assert message.settled_words == "Writing goes on."

    def test_are_told_anew_the_next_time(self, paused):
        pause_notices.tell(at=SOON)
        Gate.objects.update(paused_at=SOON + HOUR)
        pause_notices.tell(at=SOON + HOUR)

        assert len(self.told()) == 2
