"""What an agent reads of a proposal that people approved in part, or with edits."""

import pytest

from approvals import preparation
from approvals.models import Proposal
from orchestrator.kernel import clock
from tests.approvals.altering_scene import alter, wish
from tests.gateway.conftest import BODY

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "L1")]


def propose(door, **fields):
    """Propose these values for the standard record."""
    return door.propose(changes=[{**BODY["changes"][0], "fields": fields}])


def test_says_exactly_what_was_approved_and_what_was_left_out(door):
    number = propose(door, StageName="Qualification", NextStep="Call").json()["id"]
    preparation.prepare_due(at=clock.now())
    proposal = Proposal.objects.get(pk=number)

    alter(proposal, wish({"StageName": "Qualification"}), at=clock.now())

    seen = door.get(f"/proposals/{number}").json()
    assert (seen["state"], seen["revision"], seen["revision_cause"]) == ("approved", 2, "edited")
    assert seen["content"]["changes"][0]["fields"] == {"StageName": "Qualification"}
    assert seen["outcome"]["code"] == "approved_in_part"
    [told] = seen["alterations"]
    assert (told["revision"], told["from"], told["by"]) == (2, 1, "Ben")
    assert told["reason"] == {"code": "wrong_value", "text": "The buyer said so."}
    assert told["left_out"][0]["fields"] == ["NextStep"]
    assert told["edited"] == []


def test_says_what_somebody_put_in_the_place_of_a_value(door):
    number = propose(door, StageName="Proposal").json()["id"]
    preparation.prepare_due(at=clock.now())
    proposal = Proposal.objects.get(pk=number)

    alter(proposal, wish({"StageName": "Qualification"}), at=clock.now())

    seen = door.get(f"/proposals/{number}").json()
    assert (seen["state"], seen["revision_cause"]) == ("in_review", "edited")
    [edit] = seen["alterations"][0]["edited"]
    assert (edit["proposed"], edit["approved"]) == ("Proposal", "Qualification")


def test_says_nothing_where_nobody_altered_it(door):
    number = door.propose().json()["id"]

    assert door.get(f"/proposals/{number}").json()["alterations"] == []
