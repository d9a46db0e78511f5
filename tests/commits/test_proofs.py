"""Settling by stamps and markers, through the engine, in a CRM that keeps them."""

import datetime as dt

import pytest

from approvals.content import DraftChange
from orchestrator.connectors.errors import OutcomeUnknown
from tests.commits.scene import (
    SOON,
    approve,
    approve_changes,
    commit_of,
    drain,
    opportunity,
    settle,
    state_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("E1")]
LATER = SOON + dt.timedelta(minutes=2)


@pytest.fixture
def proving(crm):
    """A CRM whose records carry stamps, and which keeps markers."""
    crm.stamping = crm.marking = True
    return crm


def change(key, **fields) -> DraftChange:
    return DraftChange(
        operation="update", object_name="Opportunity", record_id=key.record_id, fields=fields
    )


def drain_cut_off(crm, monkeypatch) -> None:
    """Let one worker write and hear nothing."""
    write = crm.write

    def cut(units):
        write(units)
        raise OutcomeUnknown("Cut off.")

    with monkeypatch.context() as patch:
        patch.setattr(crm, "write", cut)
        drain()


def test_a_record_carries_the_commit_that_wrote_it(proving):
    key = opportunity(proving)
    proposal = approve(key)
    drain()
    assert proving.stamp_of[key] == commit_of(proposal).pk
    assert commit_of(proposal).before[0]["stamp"] == ""


def test_images_inverse_and_what_was_verified_know_nothing_of_stamps(proving):
    proposal = approve(opportunity(proving))
    drain()
    commit = commit_of(proposal)
    assert commit.state == "done"
    assert set(commit.after[0]["values"]) == {"StageName"}
    assert commit.inverse[0]["fields"] == {"StageName": "Prospecting"}


def test_a_marker_is_announced_before_it_is_sent_and_left_by_several_changes_only(proving):
    one = approve(opportunity(proving, 1))
    keys = [opportunity(proving, number) for number in (2, 3)]
    several = approve_changes("change_stage", *(change(key, NextStep="Call") for key in keys))
    drain()
    assert not commit_of(one).marked
    assert commit_of(several).marked
    assert proving.markers == {commit_of(several).pk}


def test_a_stamp_settles_what_values_leave_open(proving, monkeypatch):
    key = opportunity(proving)
    proposal = approve(key)
    drain_cut_off(proving, monkeypatch)
    proving.edit(key, StageName="Negotiation")

    settle(LATER)

    assert (commit_of(proposal).state, state_of(proposal)) == ("done", "committed")
    assert proving.records[key]["StageName"] == "Negotiation"
    assert len(proving.effects) == 1


def test_a_marker_settles_it_even_when_every_record_is_gone(proving, monkeypatch):
    keys = [opportunity(proving, number) for number in (1, 2)]
    proposal = approve_changes("change_stage", *(change(key, NextStep="Call") for key in keys))
    drain_cut_off(proving, monkeypatch)
    for key in keys:
        proving.remove(key)

    settle(LATER)

    assert (commit_of(proposal).state, state_of(proposal)) == ("done", "committed")
    assert len(proving.effects) == 2
