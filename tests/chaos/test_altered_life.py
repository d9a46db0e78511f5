"""Whatever people make of whatever is proposed: written is what was approved, and no more."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.models import Decision, Proposal, Revision
from orchestrator.commits import engine
from orchestrator.commits.models import Commit
from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.sameness import same_value
from orchestrator.orgs.models import Org
from tests.approvals.altering_scene import SOON, alter, wish, workflow
from tests.approvals.deciding import decide
from tests.factories import create_draft, create_proposal
from tests.races.scene import change_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
STAGES = ["Prospecting", "Qualification", "Proposal", "Closed Won"]
RECORDS = ["006000000000001AAA", "006000000000002AAA", "006000000000003AAA"]
FIELDS = {
    "StageName": st.sampled_from(STAGES[1:3]),
    "NextStep": st.text(st.sampled_from("abc é\n'\""), min_size=1, max_size=8),
    "Amount": st.integers(700, 1300),
}
# What somebody types: fitting, out of bounds, too long, nothing, or another kind altogether.
TYPED = st.one_of(
    st.sampled_from(STAGES),
    st.integers(-10, 3000),
    st.none(),
    st.booleans(),
    st.text("xy", max_size=300),
)
PROPOSED = st.lists(st.fixed_dictionaries({}, optional=FIELDS).filter(bool), min_size=1, max_size=3)


@st.composite
def wishes(draw, proposed):
    """Return for each change its values, some left out and some typed, or None for a leave-out."""
    kept: list[dict[str, Any] | None] = []
    for fields in proposed:
        if draw(st.integers(0, 3)) == 0:
            kept.append(None)
            continue
        names = [name for name in fields if draw(st.integers(0, 3))]
        values = {name: fields[name] for name in names}
        for name in names:
            if draw(st.integers(0, 2)) == 0:
                values[name] = draw(st.one_of(FIELDS[name], TYPED))
        if draw(st.integers(0, 9)) == 0:
            values["Description"] = "More than was asked for"
        kept.append(values)
    return kept


@pytest.mark.parametrize("edits", ["self", "second"])
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_written_is_what_the_approved_revision_says(crm, edits, data):
    proposed = data.draw(PROPOSED, label="proposed")
    kept = data.draw(wishes(proposed), label="kept")
    proposal = _asked(crm, proposed, edits=edits)

    try:
        done = alter(proposal, wish(*kept))
    except DomainError:
        # Refused as a whole: everything is as the agent asked, and people can decide on it.
        _check_untouched(proposal, proposed)
        return
    _check_narrower(proposal, proposed)
    if Proposal.objects.get(pk=proposal.pk).state == "in_review":
        assert not done.counted or Decision.objects.filter(revision__number=2).count() == 1
        _approve_rest(proposal)
    _check_votes(proposal)
    _check_written(crm, proposal)


def _asked(crm, proposed, *, edits):
    if not Org.objects.exists():
        workflow(edits=edits, with_bea=True)
    crm.records.clear()
    crm.effects.clear()
    for record in RECORDS:
        crm.add("Opportunity", record, Name="Deal", StageName="Prospecting", Amount=1000.0)
    changes = [
        change_of(record, **fields) for record, fields in zip(RECORDS, proposed, strict=False)
    ]
    return create_proposal(draft=create_draft(changes=changes))


def _check_untouched(proposal, proposed):
    stored = Proposal.objects.get(pk=proposal.pk)
    assert (stored.state, stored.digest) == ("in_review", proposal.digest)
    assert not Decision.objects.filter(revision__proposal=proposal).exists()
    [revision] = Revision.objects.filter(proposal=proposal)
    assert [change["fields"] for change in revision.content["changes"]] == proposed


def _check_narrower(proposal, proposed):
    first, second = Revision.objects.filter(proposal=proposal).order_by("number")
    assert [change["fields"] for change in first.content["changes"]] == proposed
    before = {change["id"]: set(change["fields"]) for change in first.content["changes"]}
    for change in second.content["changes"]:
        assert set(change["fields"]) <= before[change["id"]]
    assert first.digest != second.digest


def _approve_rest(proposal):
    for person in ("bea", "ben", "dora"):
        stored = Proposal.objects.get(pk=proposal.pk)
        if stored.state == "in_review":
            try:
                decide(stored, person, at=SOON)
            except DomainError:
                continue


def _check_votes(proposal):
    stored = Proposal.objects.get(pk=proposal.pk)
    assert stored.state == "approved"
    for vote in Decision.objects.filter(revision__proposal=proposal).select_related("revision"):
        assert vote.digest == vote.revision.digest == stored.digest


def _check_written(crm, proposal):
    commit = Commit.objects.get(proposal=proposal)
    later = SOON + dt.timedelta(minutes=2)
    engine.drain(org_id=Org.objects.get().pk, at_clock=lambda: later)
    assert Proposal.objects.get(pk=proposal.pk).state == "committed"
    approved = commit.revision.content["changes"]
    written = {key.record_id: values for _, key, values in crm.effects}
    assert set(written) == {change["id"] for change in approved}
    for change in approved:
        assert set(written[change["id"]]) == set(change["fields"])
        for name, value in change["fields"].items():
            assert same_value(written[change["id"]][name], value)
