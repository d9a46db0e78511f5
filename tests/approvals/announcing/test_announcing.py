"""Whoever must learn what became of a proposal does, in one transaction, once."""

import pytest

from approvals import outcomes
from approvals.announcing import messages, surroundings
from approvals.announcing.words import ANNOUNCEMENTS
from approvals.models import Outcome, Proposal
from approvals.states import ANNOUNCED, CLOSED, ProposalState
from orchestrator.notifications.models import Notification
from orchestrator.people.models import User
from orchestrator.webhooks.event_types import EVENTS
from orchestrator.webhooks.models import Delivery
from tests.approvals.announcing.scene import SOON, announce, sent, told
from tests.approvals.announcing.test_outcome_rows import put
from tests.factories import AT, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I1", "K12", "E5")]
NORTHWIND = "Northwind renewal"


class TestTheTable:
    def test_has_words_for_every_state_that_is_written_down(self):
        also = {ProposalState.APPROVED, ProposalState.IN_REVIEW}

        assert set(ANNOUNCEMENTS) == ANNOUNCED | also

    def test_names_the_events_that_an_endpoint_can_be_told_of(self):
        assert {each.event for each in ANNOUNCEMENTS.values()} == set(EVENTS)

    def test_reaches_the_agent_and_its_owner_whatever_the_state(self, proposal, endpoint):
        """Above all every terminal state: nothing ends in silence."""
        reached = {}
        for state in ANNOUNCEMENTS:
            self.come_to(proposal, state)
            assert announce() == 1
            reached[state.value] = (
                [(name, event) for name, event, _ in told()],
                [(each["type"], each["data"]["state"]) for each in sent()],
            )
            self.forget()

        assert reached == {
            state.value: ([("ada", said.event)], [(said.event, state.value)])
            for state, said in ANNOUNCEMENTS.items()
        }

    def test_reaches_somebody_even_if_everybody_else_is_gone(self, proposal):
        User.objects.update(is_active=False)
        User.objects.create_superuser("root", password="x")
        for state in sorted(CLOSED):
            self.come_to(proposal, state)
            announce()

            assert [name for name, _, _ in told()] == ["root"], state
            self.forget()

    def come_to(self, proposal, state):
        Outcome.objects.create(
            proposal=proposal, sequence=1, state=state, revision=1, digest=proposal.digest, at=AT
        )

    def forget(self):
        for model in (Outcome, Delivery, Notification):
            model.objects.all().delete()


class TestAnnounceDue:
    def test_tells_once(self, proposal, endpoint):
        put(proposal, "denied", AT)

        assert (announce(), announce()) == (1, 0)
        assert len(told()) == len(sent()) == 1
        assert Outcome.objects.get().announced_at == SOON

    def test_tells_of_one_proposals_outcomes_in_their_order(self, proposal, endpoint):
        put(proposal, "failed", AT)
        put(proposal, "discarded", AT)

        assert (announce(), announce()) == (1, 1)
        assert [each["data"]["sequence"] for each in sent()] == [1, 2]

    def test_tells_those_who_approved_where_it_came_to_something_else(self, crm, record):
        proposal = create_proposal(state="approved")
        Outcome.objects.all().delete()
        put(proposal, "committing", AT)
        outcomes.mark_failed(proposal_ids=[proposal.pk], code="X", text="No.", at=AT)

        announce()

        (voter,) = User.objects.filter(decisions__vote="approve").values_list("username", flat=True)
        assert sorted(told()) == sorted(
            [("ada", "proposal.failed", "high"), (voter, "proposal.failed", "normal")]
        )

    @pytest.mark.parametrize("state", ["approved", "committed"])
    def test_leaves_them_alone_where_it_came_to_what_they_decided(self, crm, record, state):
        proposal = create_proposal(state="approved")
        if state == "committed":
            put(proposal, "committed", AT)
        while announce():
            pass

        assert {name for name, _, _ in told()} == {"ada"}

    def test_settles_what_was_said_about_deciding(self, crm, record):
        proposal = create_proposal(state="in_review")
        notified = Notification.objects.create(
            id="ntf_1",
            person=get_user("ben"),
            event="review.opened",
            urgency="normal",
            title="Decide",
            path="/",
            subject_kind="proposal",
            subject_id=proposal.pk,
            key="k",
            created_at=AT,
        )
        put(proposal, "withdrawn", AT)

        announce()

        notified.refresh_from_db()
        assert (notified.settled_at, notified.settled_words) == (SOON, "Withdrawn.")

    def test_says_who_decided(self, crm, record):
        proposal = create_proposal(state="denied")
        facts = surroundings.load(list(Outcome.objects.all()))

        words = messages.conclusions(Outcome.objects.all(), facts)[proposal.pk]

        name = proposal.reviews.get().decisions.get().person.display_name
        assert words == f"Denied by {name}."

    def test_settles_nothing_that_is_back_with_people_meanwhile(self, proposal):
        put(proposal, "approved", AT)
        put(proposal, "in_review", AT)
        facts = surroundings.load(list(Outcome.objects.all()))

        assert messages.conclusions(Outcome.objects.all(), facts) == {}

    def test_tells_a_person_who_asked_themselves(self, proposal):
        Proposal.objects.filter(pk=proposal.pk).update(
            agent=None, requester_kind="person", requester_id="cleo"
        )
        get_user("cleo")
        put(proposal, "committed", AT)

        announce()

        assert told() == [("cleo", "proposal.committed", "normal")]
