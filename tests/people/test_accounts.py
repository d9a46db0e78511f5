"""Accounts close, duties change hands, and nothing is left with nobody."""

import pytest
from django.test import Client

from approvals import decisions
from approvals.models import Proposal, Review
from audit.models import Entry
from orchestrator.agents.models import Agent
from orchestrator.kernel.errors import DomainError, NotAllowed, ReasonNeeded
from orchestrator.people import accounts, carried, handing_over, queries
from orchestrator.people.handing_over import CannotHandOver
from orchestrator.people.models import Absence, User
from orchestrator.workflows.models import Workflow
from tests.approvals.away import leave
from tests.factories import (
    AT,
    OPPORTUNITY,
    PASSWORD,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A2", "A4")]


@pytest.fixture
def staff():
    person = get_user("sam")
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def proposal(crm):
    crm.add("Opportunity", OPPORTUNITY, Name="Northwind", StageName="Prospecting", Amount=1.0)
    create_workflow()
    return create_proposal()


def ids(person):
    return [item.id for item in carried.carried_by(get_user(person), at=AT)]


def everything(person, to):
    return {item: get_user(to) for item in ids(person)}


def close(person, staff, successors=None, reason="He left."):
    return accounts.close_account(
        person=get_user(person), successors=successors or {}, by=staff, reason=reason, at=AT
    )


class TestCarried:
    def test_is_collected_from_every_part_of_the_house(self, proposal):
        decisions.reassign(
            proposal_id=proposal.pk, person=get_user("ben"), to_role=None,
            to_person=get_user("cleo"), reason="You know them.", at=AT,
        )  # fmt: skip
        leave("ben", "cleo")
        agent = Agent.objects.get()

        assert ids("ada") == [f"agent:{agent.pk}"]
        assert ids("dora") == ["role:ops-owner", "workflow:deal-hygiene"]
        absence, review = Absence.objects.get(), Review.objects.get()
        assert ids("cleo") == ["role:ae-manager", f"stand-in:{absence.pk}", f"review:{review.pk}"]


class TestHandOver:
    def test_moves_roles_agents_and_workflows_in_one_go(self, proposal, staff):
        results = handing_over.hand_over(
            person=get_user("dora"), successors=everything("dora", "ben"), by=staff,
            reason="She moves on.", at=AT,
        )  # fmt: skip

        assert [each.problem for each in results] == ["", ""]
        assert ids("dora") == []
        assert Workflow.objects.get(slug="deal-hygiene").owner.username == "ben"
        assert [p.username for p in queries.reachable_members(role=_role("ops-owner"))] == ["ben"]
        entry = Entry.objects.get(event="person.duties_handed_over")
        assert (entry.subject_id, entry.detail["to"]) == ("dora", ["ben"])

    def test_bars_the_new_owner_of_an_agent_from_what_it_asked_for(self, proposal, staff):
        handing_over.hand_over(
            person=get_user("ada"), successors=everything("ada", "ben"), by=staff,
            reason="She moves on.", at=AT,
        )  # fmt: skip

        assert Agent.objects.get().owner.username == "ben"
        assert Proposal.objects.get().barred == ["ada", "ben"]
        with pytest.raises(DomainError) as refusal:
            decisions.decide(
                proposal_id=proposal.pk, person=get_user("ben"), vote="approve",
                digest=proposal.digest, reason_code="", text="", at=AT,
            )  # fmt: skip
        assert refusal.value.code == "own_proposal"

    def test_gives_no_agent_to_whoever_voted_on_what_it_asked_for(self, proposal, staff):
        create_role(slug="deal-desk", members=[get_user("cleo")])
        Review.objects.update(quorum=2)
        decisions.decide(
            proposal_id=proposal.pk, person=get_user("ben"), vote="approve",
            digest=proposal.digest, reason_code="", text="", at=AT,
        )  # fmt: skip

        with pytest.raises(CannotHandOver) as refusal:
            handing_over.hand_over(
                person=get_user("ada"), successors=everything("ada", "ben"), by=staff,
                reason="She moves on.", at=AT,
            )  # fmt: skip

        assert "has voted" in refusal.value.detail
        assert Agent.objects.get().owner.username == "ada"

    def test_bars_the_owner_at_the_vote_whenever_they_became_it(self, proposal):
        Agent.objects.update(owner=get_user("ben"))

        with pytest.raises(DomainError) as refusal:
            decisions.decide(
                proposal_id=proposal.pk, person=get_user("ben"), vote="approve",
                digest=proposal.digest, reason_code="", text="", at=AT,
            )  # fmt: skip

        assert refusal.value.code == "own_proposal"

    def test_changes_nothing_if_one_of_it_cannot_change_hands(self, proposal, staff):
        User.objects.filter(pk=get_user("eve").pk).update(is_active=False)

        with pytest.raises(CannotHandOver) as refusal:
            handing_over.hand_over(
                person=get_user("dora"),
                successors={**everything("dora", "ben"), "role:ops-owner": get_user("eve")},
                by=staff,
                reason="She moves on.",
                at=AT,
            )

        problems = {each.item.id: bool(each.problem) for each in refusal.value.results}
        assert problems == {"role:ops-owner": True, "workflow:deal-hygiene": False}
        assert ids("dora") == ["role:ops-owner", "workflow:deal-hygiene"]

    def test_refuses_to_leave_a_role_with_nobody(self, proposal, staff):
        with pytest.raises(CannotHandOver) as refusal:
            handing_over.hand_over(
                person=get_user("dora"), successors={"role:ops-owner": None}, by=staff,
                reason="She moves on.", at=AT,
            )  # fmt: skip

        assert "Nobody could be reached" in refusal.value.detail

    def test_lets_somebody_else_stand_in(self, staff):
        absence = leave("ada", "ben")

        handing_over.hand_over(
            person=get_user("ben"), successors=everything("ben", "cleo"), by=staff,
            reason="He is ill.", at=AT,
        )  # fmt: skip

        absence.refresh_from_db()
        assert absence.delegate.username == "cleo"

    def test_refuses_a_review_to_whoever_asked_for_it(self, proposal, staff):
        decisions.reassign(
            proposal_id=proposal.pk, person=get_user("ben"), to_role=None,
            to_person=get_user("cleo"), reason="You know them.", at=AT,
        )  # fmt: skip
        review = Review.objects.get()

        with pytest.raises(CannotHandOver):
            handing_over.hand_over(
                person=get_user("cleo"), successors={f"review:{review.pk}": get_user("ada")},
                by=staff, reason="She moves on.", at=AT,
            )  # fmt: skip

        assert Review.objects.get().assignee.username == "cleo"

    def test_shows_what_it_would_come_to_and_changes_nothing(self, proposal, staff):
        entries = Entry.objects.count()

        results = handing_over.preview(
            person=get_user("dora"), successors=everything("dora", "ben"), by=staff, reason="",
            at=AT,
        )  # fmt: skip

        assert [(each.item.id, each.problem) for each in results] == [
            ("role:ops-owner", ""),
            ("workflow:deal-hygiene", ""),
        ]
        assert ids("dora") == ["role:ops-owner", "workflow:deal-hygiene"]
        assert Entry.objects.count() == entries

    def test_is_for_staff_with_a_reason(self, proposal, staff):
        for by, reason, error in ((get_user("dora"), "x", NotAllowed), (staff, " ", ReasonNeeded)):
            with pytest.raises(error):
                handing_over.hand_over(
                    person=get_user("ben"), successors={}, by=by, reason=reason, at=AT
                )


class TestCloseAccount:
    def test_ends_every_session_at_once_and_for_ever(self, staff):
        client = Client()
        client.force_login(get_user("ben"))
        assert client.get("/me/").status_code == 200

        close("ben", staff)
        assert client.get("/me/").status_code == 302
        accounts.reopen_account(
            person=get_user("ben"), password=PASSWORD, by=staff, reason="Back.", at=AT
        )

        assert client.get("/me/").status_code == 302
        assert Client().login(username="ben", password=PASSWORD)

    def test_takes_roles_and_gives_them_to_successors(self, proposal, staff):
        close("dora", staff, everything("dora", "ben"))

        assert not get_user("dora").is_active
        assert ids("dora") == []
        entry = Entry.objects.get(event="person.closed")
        assert (entry.subject_id, entry.detail) == ("dora", {"reason": "He left.", "duties": 2})

    def test_needs_somebody_for_agents_and_workflows(self, proposal, staff):
        for person in ("ada", "dora"):
            with pytest.raises(CannotHandOver):
                close(person, staff)
            assert get_user(person).is_active

    def test_is_refused_where_a_role_would_reach_nobody(self, staff):
        create_role(slug="lonely", members=[get_user("ben")])

        with pytest.raises(CannotHandOver):
            close("ben", staff)

        assert get_user("ben").is_active

    def test_gives_what_was_handed_to_them_back_to_the_role(self, proposal, staff):
        decisions.reassign(
            proposal_id=proposal.pk, person=get_user("ben"), to_role=None,
            to_person=get_user("cleo"), reason="You know them.", at=AT,
        )  # fmt: skip

        close("cleo", staff)

        assert Review.objects.get().assignee is None

    def test_ends_absences_and_standing_in(self, staff):
        own, other = leave("ben"), leave("cleo", "ben")

        close("ben", staff)

        own.refresh_from_db()
        other.refresh_from_db()
        assert (own.cancelled_at, other.delegate) == (AT, None)

    def test_is_not_for_oneself_nor_twice_nor_for_others(self, staff):
        get_user("ben")
        with pytest.raises(accounts.CannotClose):
            close("sam", staff)
        with pytest.raises(NotAllowed):
            close("ben", get_user("dora"))
        close("ben", staff)
        with pytest.raises(accounts.CannotClose):
            close("ben", staff)


class TestOwnAccount:
    def test_changes_its_password_knowing_the_present_one(self):
        person = get_user("ben")

        with pytest.raises(accounts.WrongPassword):
            accounts.change_password(person=person, present="x", new="another-long-one", at=AT)
        accounts.change_password(person=person, present=PASSWORD, new="another-long-one", at=AT)

        assert Client().login(username="ben", password="another-long-one")
        assert "another-long-one" not in str(Entry.objects.get().detail)

    def test_reads_times_in_a_zone_that_exists(self):
        accounts.change_time_zone(person=get_user("ben"), zone="Europe/Berlin", at=AT)
        with pytest.raises(accounts.NoSuchZone):
            accounts.change_time_zone(person=get_user("ben"), zone="Mars/Base", at=AT)

        assert get_user("ben").time_zone == "Europe/Berlin"


def _role(slug):
    return create_role(slug=slug)
