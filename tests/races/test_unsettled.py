"""Orgs that treat a condition in ways that no document rules out, and a worker that meets them."""

import pytest
from django.core.cache import cache

from orchestrator.commits.models import Commit
from orchestrator.connectors.salesforce import connector
from tests.factories import create_draft
from tests.races import scene

pytestmark = pytest.mark.req("E1")


@pytest.fixture
def unknown_org(workflow):
    """Return a workflow of an org of which nothing is known yet."""
    cache.clear()
    connector._forget()
    yield workflow
    cache.clear()


def outcome(proposal_id: str) -> tuple[str, str]:
    commit = Commit.objects.get(proposal=proposal_id)
    return commit.state, commit.error_code


@pytest.mark.django_db(transaction=True)
class TestOrgWithoutAGuard:
    def test_gets_no_update_and_the_dead_letter_says_why(self, unknown_org, simulator):
        [deal] = scene.seed_deals(simulator, 1)
        simulator.switch(guard_in_composite=False)
        [proposal] = scene.approve_each(unknown_org, [deal])

        scene.drain()

        assert outcome(proposal) == ("failed", "GUARD_IGNORED")
        assert scene.writes(simulator) == {}


@pytest.mark.django_db(transaction=True)
class TestOrgThatDoesNotUndo:
    def test_gets_single_changes_and_none_that_belong_together(self, unknown_org, simulator):
        deals = scene.seed_deals(simulator, 3)
        simulator.switch(rollback_on_412=False)
        together = create_draft(
            changes=[scene.change_of(deal, StageName="Qualification") for deal in deals[:2]]
        )
        [both] = scene.approve_drafts(unknown_org, [together])
        [single] = scene.approve_each(unknown_org, deals[2:])

        scene.drain()

        assert outcome(both) == ("failed", "GUARD_NOT_UNDONE")
        assert outcome(single) == ("done", "")
        assert scene.writes(simulator) == {deals[2]: 1}


@pytest.mark.django_db(transaction=True)
class TestOrgThatCountsAutomation:
    def test_gets_its_update_once_after_the_first_guard_failed(self, unknown_org, simulator):
        [deal] = scene.seed_deals(simulator, 1)
        simulator.switch(guard_uses_system_modstamp=True)
        simulator.clock(advance=2)
        simulator.touch(deal)
        [proposal] = scene.approve_each(unknown_org, [deal])

        scene.sweep_until_settled(scene.AHEAD)

        assert outcome(proposal)[0] == "done"
        assert scene.writes(simulator) == {deal: 1}
