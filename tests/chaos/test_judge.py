"""The judge of the chaos run finds what it is there to find; one that never can is worthless."""

from dataclasses import replace

import pytest

from tests.chaos.judge import Approved, Case, Effect, Recorded, Wanted, judge
from tests.chaos.story import Story, read

DEAL, OTHER = "006000000000001AAA", "006000000000002AAA"


def wanted(new="Call 1", old="Wait", record_id=DEAL, operation="update"):
    base = {} if operation == "create" else {"NextStep": old}
    record = "" if operation == "create" else record_id
    return Wanted(operation, "Opportunity", record, {"NextStep": new}, base)


def effect(new="Call 1", old="Wait", record_id=DEAL, sequence=1, operation="update"):
    fields = {"NextStep": (old, new)}
    return Effect(sequence, operation, "Opportunity", record_id, fields, f"call {sequence}")


def entry(new="Call 1", old="Wait", record_id=DEAL, proposal="prp_1"):
    return Recorded(proposal, "Opportunity", record_id, {"NextStep": (old, new)})


def approved(*changes, standing="written", proposal="prp_1", revision=1):
    return Approved(proposal, revision, changes or (wanted(),), standing)


GOOD = Case(effects=[effect()], approved=[approved()], recorded=[entry()])


def kinds(case):
    return [violation.kind for violation in judge(case)]


def test_finds_nothing_where_every_change_was_written_once():
    assert judge(GOOD) == []


def test_what_an_update_brings_along_is_no_matter():
    brought = Effect(1, "update", "Opportunity", DEAL, {**effect().fields, "Probability": (1, 2)})
    assert judge(replace(GOOD, effects=[brought])) == []


def test_finds_a_change_that_is_said_to_be_written_and_is_not():
    assert kinds(replace(GOOD, effects=[])) == ["invented", "lost"]


@pytest.mark.parametrize("standing", ["queued", "claimed", "unknown", "settled"])
def test_finds_an_approved_change_that_is_on_its_way_for_ever(standing):
    case = Case([], [approved(standing=standing)], [])
    assert kinds(case) == ["lost"]


@pytest.mark.parametrize("standing", ["failed", "unclear", "returned", "expired", "withdrawn"])
def test_lets_pass_what_was_not_written_and_a_person_can_see(standing):
    assert judge(Case([], [approved(standing=standing)], [])) == []


def test_finds_a_change_that_was_written_twice():
    case = replace(GOOD, effects=[effect(), effect(old="Maya's words", sequence=2)])
    assert kinds(case) == ["doubled"]
    assert judge(case)[0].subject == "prp_1"


def test_finds_a_change_that_was_written_again_with_the_same_values():
    again = Effect(2, "update", "Opportunity", DEAL, {})
    assert kinds(replace(GOOD, effects=[effect(), again])) == ["doubled"]


def test_finds_a_record_that_was_made_twice():
    asked = wanted(operation="create")
    made = [
        effect(old=None, operation="create", record_id=one, sequence=number)
        for number, one in enumerate((DEAL, OTHER))
    ]
    case = Case(made, [approved(asked)], [entry(old=None)])
    assert kinds(case) == ["doubled"]


def test_finds_a_persons_edit_that_was_overwritten():
    case = replace(GOOD, effects=[effect(old="Maya's words")], recorded=[entry(old="Maya's words")])
    assert kinds(case) == ["overwritten"]
    assert "Maya's words" in judge(case)[0].words


def test_finds_a_second_field_that_moved_although_the_write_did_not_change_it():
    both = replace(
        wanted(), fields={"NextStep": "Call 1", "Type": "New"}, base={"NextStep": "Wait"}
    )
    told = replace(entry(), fields={**entry().fields, "Type": ("New", "New")})
    assert kinds(Case([effect()], [approved(both)], [told])) == ["overwritten"]


def test_finds_an_effect_that_nobody_approved():
    stray = effect(new="Surprise", record_id=OTHER, sequence=2)
    assert kinds(replace(GOOD, effects=[effect(), stray])) == ["unapproved"]


def test_finds_a_revision_that_is_no_longer_the_one_that_was_approved():
    assert kinds(replace(GOOD, approved=[replace(approved(), exact=False)])) == ["altered"]


def test_finds_a_proposal_of_which_half_was_written():
    pair = approved(wanted(), wanted(new="Call 2", record_id=OTHER))
    assert kinds(replace(GOOD, approved=[pair])) == ["torn"]


@pytest.mark.parametrize("standing", ["failed", "returned", "expired", "withdrawn", "discarded"])
def test_finds_a_write_that_we_say_did_not_happen(standing):
    case = Case([effect()], [approved(standing=standing)], [])
    assert kinds(case) == ["unrecorded"]


def test_lets_pass_a_write_of_which_a_person_is_told_that_nobody_can_tell():
    assert judge(Case([effect()], [approved(standing="unclear")], [])) == []


def test_finds_a_write_without_an_entry():
    assert kinds(replace(GOOD, recorded=[])) == ["disagrees"]


def test_finds_an_entry_without_a_write():
    assert kinds(replace(GOOD, recorded=[entry(), entry()])) == ["invented"]


@pytest.mark.parametrize("told", [entry(new="Call 9"), entry(old="Something else")])
def test_finds_an_entry_that_says_another_value_than_the_org(told):
    assert kinds(replace(GOOD, recorded=[told])) == ["disagrees"]


def test_finds_an_entry_that_leaves_a_field_out():
    assert kinds(replace(GOOD, recorded=[replace(entry(), fields={})])) == ["disagrees"]


def test_tells_two_approved_revisions_of_one_request_apart_by_what_people_had_seen():
    first = approved(standing="returned")
    second = approved(wanted(old="Maya's words"), revision=2)
    case = Case([effect(old="Maya's words")], [first, second], [entry(old="Maya's words")])
    assert judge(case) == []


def test_takes_what_one_call_wrote_as_one_revision():
    pair = (wanted(), wanted(new="Call 2", record_id=OTHER))
    moved = (wanted(), wanted(new="Call 2", old="Maya's words", record_id=OTHER))
    revisions = [approved(*pair, standing="returned"), approved(*moved, revision=2)]
    second = effect(new="Call 2", old="Maya's words", record_id=OTHER, sequence=2)
    told = [entry(), entry(new="Call 2", old="Maya's words", record_id=OTHER)]
    together = [replace(one, call="one call") for one in (effect(), second)]
    assert judge(Case(together, revisions, told)) == []
    assert "torn" in kinds(Case([effect(), second], revisions, told))


def test_finds_a_row_that_says_something_else_than_the_ledger():
    stories = {"prp_1": Story(key="k", state="committed")}
    assert kinds(replace(GOOD, stories=stories, states={"prp_1": "approved"})) == ["disagrees"]
    assert kinds(replace(GOOD, states={"prp_1": "approved"})) == ["disagrees"]
    assert kinds(replace(GOOD, stories=stories, states={"prp_1": "committed"})) == []


def test_finds_a_hold_that_nobody_will_let_go_of():
    assert kinds(replace(GOOD, holders={"cmt_1": "done"})) == ["left behind"]
    assert kinds(replace(GOOD, holders={"cmt_1": "unknown"})) == []


def test_finds_a_proposal_that_was_answered_and_forgotten():
    stories = {"prp_1": Story(key="k-1")}
    case = replace(GOOD, stories=stories, acknowledged={"k-1": "prp_1", "k-2": "prp_2"})
    assert kinds(case) == ["lost"]
    assert judge(case)[0].subject == "prp_2"


class TestStory:
    def test_follows_an_approval_to_its_end(self):
        story = read(
            ("prp_1", event, detail)
            for event, detail in [
                ("proposal.submitted", {"key": "k-1"}),
                ("proposal.prepared", {"revision": 1}),
                ("proposal.approved", {"revision": 1, "digest": "sha256:1"}),
                ("commit.started", {}),
                ("proposal.returned", {"revision": 2}),
                ("proposal.prepared", {"revision": 2}),
                ("proposal.approved", {"revision": 2, "digest": "sha256:2"}),
                ("commit.started", {}),
                ("commit.unknown", {}),
                ("commit.settled", {"found": "written"}),
                ("commit.done", {}),
            ]
        )["prp_1"]
        assert (story.key, story.state) == ("k-1", "committed")
        assert story.approved == {1: "returned", 2: "written"}
        assert story.digests == {1: "sha256:1", 2: "sha256:2"}

    def test_knows_an_outcome_that_nobody_can_tell(self):
        events = [
            ("prp_1", "proposal.approved", {"revision": 1, "digest": "d"}),
            ("prp_1", "commit.unknown", {}),
            ("prp_1", "commit.settled", {"found": "unclear"}),
        ]
        assert read(events)["prp_1"].approved == {1: "unclear"}

    def test_an_approval_that_ended_stays_as_it_ended(self):
        events = [
            ("prp_1", "proposal.approved", {"revision": 1, "digest": "d"}),
            ("prp_1", "commit.done", {}),
            ("prp_1", "commit.cancelled", {}),
            ("prp_1", "proposal.withdrawn", {}),
        ]
        assert read(events)["prp_1"].approved == {1: "written"}
