"""Removing an endpoint: nothing goes there or waits for it any more, and it can be added anew."""

import pytest

from audit.models import Entry
from orchestrator.webhooks import claiming, operations, recording, replaying
from orchestrator.webhooks.lanes import Result
from orchestrator.webhooks.models import Delivery, Endpoint, Notice
from orchestrator.webhooks.replies import Reply, Verdict
from tests.factories import AT, create_workflow, get_user
from tests.webhooks.happening import deliver, happen
from tests.webhooks.test_views import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("K12")]


def remove(endpoint):
    by = get_user("ada").actor
    return operations.remove(endpoint=endpoint, reason="Moved away.", by=by, at=AT)


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


class TestRemove:
    def test_gives_up_what_waits_and_says_so_in_the_ledger(self, agent, endpoint, receiver, clock):
        happen(agent, count=3)

        assert remove(endpoint) == 3
        clock.pass_by(days=1)
        happen(agent)

        assert deliver(clock) == 0
        assert (states(), receiver.received) == (["dead"] * 3, [])
        entry = Entry.objects.get(event="webhook.endpoint_removed")
        assert (entry.detail["given_up"], entry.detail["reason"]) == (3, "Moved away.")

    def test_forgets_its_secrets(self, endpoint):
        by = get_user("ada").actor
        operations.rotate_secret(
            endpoint=endpoint, overlap=operations.LONGEST_OVERLAP, by=by, at=AT
        )
        remove(endpoint)

        kept = Endpoint.objects.get()
        assert (kept.state, kept.secret, kept.old_secret) == ("removed", "", "")

    def test_leaves_room_for_the_same_address(self, endpoint, add, receiver):
        remove(endpoint)

        assert add(receiver.url()).endpoint.pk != endpoint.pk

    def test_happens_once_and_nothing_comes_after_it(self, endpoint):
        remove(endpoint)
        by = get_user("ada").actor

        with pytest.raises(operations.EndpointIsRemoved):
            remove(endpoint)
        with pytest.raises(operations.EndpointIsRemoved):
            operations.resume(endpoint=endpoint, by=by, at=AT)

    def test_sends_nothing_again_to_it(self, agent, endpoint):
        happen(agent)
        remove(endpoint)

        with pytest.raises(replaying.NothingToReplay):
            replaying.replay_dead(endpoint=endpoint, by=get_user("ada").actor, at=AT)

    @pytest.mark.parametrize("verdict", [Verdict.DELIVERED, Verdict.TROUBLED, Verdict.GONE])
    def test_stands_whatever_comes_back_of_what_was_on_the_wire(self, agent, endpoint, verdict):
        happen(agent)
        [lane] = claiming.claim(room=1, at=AT)
        remove(endpoint)
        reply = Reply(verdict=verdict, words="It answered.", at=AT, milliseconds=1)
        recording.record([Result(lane.parcels[0], reply)], at=AT)

        assert (states(), Endpoint.objects.get().state) == (["dead"], "removed")
        assert not Entry.objects.filter(event="webhook.given_up").exists()
        assert not Notice.objects.filter(told_at=None).exists()


class TestThePage:
    @pytest.fixture
    def page(self, agent, endpoint):
        create_workflow()
        return f"/agents/{agent.slug}/webhooks/{endpoint.pk}/"

    def test_removes_it_and_shows_it_no_more(self, agent, page):
        happen(agent)
        owner = sign_in("ada")
        assert "1 message." in owner.get(page).content.decode()

        answer = owner.post(f"{page}remove/", {"reason": "Moved away."}, follow=True)

        assert "given up with it: 1" in answer.content.decode()
        assert "It has no webhook" in answer.content.decode()
        assert owner.get(page).status_code == 404

    def test_asks_why(self, page):
        sign_in("ada").post(f"{page}remove/", {"reason": ""})

        assert Endpoint.objects.get().state == "active"

    def test_lets_nobody_else(self, page):
        assert sign_in("cleo").post(f"{page}remove/", {"reason": "No."}).status_code == 403
        assert Endpoint.objects.get().state == "active"
