"""The page of a proposal's escalation, and the drill on it."""

import pytest
import time_machine

from approvals.escalation import drills
from approvals.models import Escalation
from orchestrator.kernel.errors import NotAllowed, NotFound
from orchestrator.notifications.models import Notification
from orchestrator.paging.models import PageCall
from orchestrator.timers.models import Timer
from tests.approvals.deciding import decide, send_back
from tests.approvals.escalation.scene import AT, HOUR, entries, escalating, fire, review_of, taken
from tests.factories import create_proposal, get_user
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def shown(client, proposal) -> str:
    return text_of(client.get(f"/proposals/{proposal.pk}/escalation/"))


@pytest.fixture(autouse=True)
def within_its_time():
    with time_machine.travel(AT + HOUR / 2, tick=False):
        yield


@pytest.mark.req("I2")
class TestPage:
    def test_shows_what_comes_next_when_and_whom_it_would_reach(self, proposal, signed_in):
        page = shown(signed_in("ben"), proposal)

        assert "Remind whoever may decide: Ben" in page
        assert "Ask the backups too: Dora" in page
        assert "Call whoever is on call: Ben" in page
        assert "planned for 18 Nov 2026, 12:00 UTC" in page
        assert "Denied, if nobody decides" in page
        assert "No step approves." in page

    def test_shows_what_happened_and_how_late(self, proposal, signed_in):
        fire(4.2)

        page = shown(signed_in("ben"), proposal)

        assert "Missed, because nothing ran then" in page
        assert "2 hours late" in page
        assert "Called Ben." in page

    def test_says_why_there_is_nothing_while_a_question_waits(self, proposal, signed_in):
        send_back(proposal)

        assert "The clock stands still until the agent answers" in shown(signed_in("ben"), proposal)

    def test_says_why_there_is_nothing_once_it_is_decided(self, proposal, signed_in):
        decide(proposal)

        assert "nothing left to decide" in shown(signed_in("ben"), proposal)

    def test_says_who_may_decide_besides_once_it_was_widened(self, proposal, signed_in):
        fire(3.2)

        assert "Ops owner may decide it too." in shown(signed_in("ben"), proposal)

    def test_is_fetched_by_the_review_page_as_one_card(self, proposal, signed_in):
        client = signed_in("ben")
        whole = client.get(f"/proposals/{proposal.pk}/").content.decode()
        address = f"/proposals/{proposal.pk}/escalation/"
        assert f'hx-get="{address}"' in whole
        assert f'href="{address}"' in whole

        card = client.get(
            address, headers={"HX-Request": "true", "HX-Target": "escalation"}
        ).content.decode()

        assert card.lstrip().startswith('<section class="card" id="escalation"')
        assert "<html" not in card

    def test_is_not_for_strangers(self, proposal, signed_in):
        assert signed_in("eve").get(f"/proposals/{proposal.pk}/escalation/").status_code == 404


@pytest.mark.req("I2")
class TestDrill:
    def drill(self, proposal, person="dora", hours=0.5):
        return drills.drill(proposal_id=proposal.pk, person=get_user(person), at=AT + hours * HOUR)

    def test_takes_every_step_at_once_and_says_that_there_is_nothing_to_decide(self, proposal):
        self.drill(proposal)

        rows = Escalation.objects.exclude(drill="").order_by("pk")
        assert [row.do for row in rows] == [
            "remind", "widen", "page", "page_next", "notify_owner", "notify_owner", "page",
        ]  # fmt: skip
        notes = Notification.objects.filter(event="escalation.drill")
        assert {note.person.username for note in notes} == {"ben", "dora"}
        assert all(note.title.startswith("Drill: nothing to decide.") for note in notes)

    def test_changes_nothing_of_the_review_and_calls_nobody_in_earnest(self, proposal):
        before = review_of(proposal)
        timers = list(Timer.objects.order_by("pk").values())

        self.drill(proposal)

        after = review_of(proposal)
        assert (after.plan, after.widened_to, after.due_at) == (before.plan, None, before.due_at)
        assert list(Timer.objects.order_by("pk").values()) == timers
        assert not PageCall.objects.exists()
        fire(2)
        assert taken(proposal) == [("remind", "done")]

    def test_is_kept_in_the_ledger(self, proposal):
        name = self.drill(proposal)

        (entry,) = entries(proposal, "review.drilled")
        assert (entry["drill"], len(entry["steps"])) == (name, 7)

    def test_shows_who_was_reached_by_what(self, proposal, signed_in):
        client = signed_in("dora")

        answer = client.post(f"/proposals/{proposal.pk}/escalation/drill/", follow=True)

        page = text_of(answer)
        assert "Tested. Below is who was reached" in page
        assert "Reminded Ben" in page
        assert "nobody had anything to decide" in page

    def test_is_only_for_who_administers_the_workflow(self, proposal):
        with pytest.raises(NotAllowed):
            self.drill(proposal, "ben")
        with pytest.raises(NotFound):
            self.drill(proposal, "eve")

    def test_is_not_repeated_within_a_minute(self, proposal):
        self.drill(proposal)

        with pytest.raises(drills.TestedJustNow):
            self.drill(proposal)

    def test_needs_a_review_that_is_open(self, proposal):
        decide(proposal)

        with pytest.raises(drills.NothingToTest):
            self.drill(proposal)


def test_shows_an_empty_plan_as_one(crm, record, signed_in):
    proposal = escalating()
    review = review_of(proposal)
    review.amend(plan=[])

    assert "It has no plan" in shown(signed_in("ben"), proposal)
    assert create_proposal(key="other").state == "in_review"
