"""Approving a part, and editing, from the page: shown before it counts, nothing typed is lost."""

import datetime as dt
import re

import pytest
import time_machine

from approvals.models import Decision, Proposal, Revision
from tests.approvals.altering_scene import BOTH, asked, workflow
from tests.approvals.deciding import answer, decide
from tests.factories import AT, create_draft
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
LATER = AT + dt.timedelta(minutes=30)
VALUES = {"0-StageName": "Proposal", "0-NextStep": "Call them"}
WITHOUT_STEP = {"0-NextStep-leave-out": "on", "reason_code": "wrong_value"}
LOWER = {"0-StageName": "Qualification", "text": "The buyer said so."}


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def text_of(response) -> str:
    return " ".join(read(response.content.decode()).text().split())


def stored(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


class Desk:
    """Ben at the page of one proposal."""

    def __init__(self, client, proposal, page):
        self.client, self.proposal = client, proposal
        self.address = f"/proposals/{proposal.pk}/{page}/"

    def look(self):
        return self.client.get(self.address)

    def check(self, **typed):
        return self.post(step="check", **typed)

    def send(self, seen, **typed):
        return self.post(step="send", checked=checked_in(seen), **typed)

    def post(self, **typed):
        return self.client.post(self.address, {"digest": self.proposal.digest, **VALUES, **typed})


def checked_in(response) -> str:
    return re.search(r'name="checked" value="([^"]+)"', response.content.decode())[1]


@pytest.fixture
def at(record, signed_in):
    def sit(page, *, who="ben", **rules):
        workflow(**rules)
        return Desk(signed_in(who), asked(), page)

    return sit


class TestPart:
    def test_offers_every_field_with_what_is_there_and_what_is_proposed(self, at):
        page = text_of(at("part").look())

        assert "now Prospecting, proposed Proposal" in page
        assert "Leave out NextStep" in page

    def test_shows_what_would_be_approved_before_it_is(self, at):
        desk = at("part")

        page = text_of(desk.check(**WITHOUT_STEP))

        assert "This is what you would approve" in page
        assert "Left out: Opportunity.NextStep" in page
        assert "Your approval counts" in page
        assert stored(desk.proposal).revision_number == 1

    def test_is_approved_as_it_was_shown(self, at):
        desk = at("part")
        seen = desk.check(**WITHOUT_STEP)

        done = desk.send(seen, **WITHOUT_STEP)

        assert done["Location"] == f"/proposals/{desk.proposal.pk}/"
        assert stored(desk.proposal).state == "approved"
        assert stored(desk.proposal).digest == checked_in(seen)
        page = text_of(desk.client.get(done["Location"]))
        assert "You approved what you kept." in page
        assert "Ben changed what was proposed" in page

    def test_sent_twice_is_one_approval_and_no_error(self, at):
        desk = at("part")
        seen = desk.check(**WITHOUT_STEP)

        first, second = desk.send(seen, **WITHOUT_STEP), desk.send(seen, **WITHOUT_STEP)

        assert (first.status_code, second.status_code) == (302, 302)
        assert Decision.objects.count() == 1
        assert Revision.objects.filter(proposal=desk.proposal).count() == 2

    def test_that_differs_from_what_was_shown_is_shown_again(self, at):
        desk = at("part")
        seen = desk.check(**WITHOUT_STEP)

        other = desk.send(seen, **{"0-StageName-leave-out": "on", "reason_code": "wrong_value"})

        assert other.status_code == 409
        assert "Left out: Opportunity.StageName" in text_of(other)
        assert checked_in(other) != checked_in(seen)
        assert stored(desk.proposal).revision_number == 1

    def test_asks_for_a_reason_beside_its_choice(self, at):
        refused = at("part").check(**{"0-NextStep-leave-out": "on"})

        assert refused.status_code == 422
        assert "Choose why you leave something out" in text_of(refused)
        assert re.search(r'name="0-NextStep-leave-out"[^>]* checked', refused.content.decode())

    def test_ignores_values_that_nobody_could_type_there(self, at):
        desk = at("part")
        seen = desk.check(**WITHOUT_STEP, **{"0-StageName": "Qualification"})

        desk.send(seen, **WITHOUT_STEP, **{"0-StageName": "Qualification"})

        [change] = Revision.objects.get(proposal=desk.proposal, number=2).content["changes"]
        assert change["fields"] == {"StageName": "Proposal"}


class TestEdit:
    def test_offers_the_choices_that_policy_leaves(self, at):
        page = at("edit").look().content.decode()

        choices = re.search(r'<select name="0-StageName".*?</select>', page, re.DOTALL)[0]
        offered = re.findall(r'<option value="(\w+)"', choices)
        assert offered == ["Prospecting", "Qualification", "Proposal"]

    def test_shows_the_edit_beside_the_proposal_and_who_decides_on_it(self, at):
        page = text_of(at("edit", with_bea=True).check(**LOWER))

        assert "Opportunity.StageNameProposalQualification" in page
        assert "Nobody approves their own edit: somebody else has to. It goes to deal-desk." in page

    def test_is_handed_in_for_somebody_else(self, at):
        desk = at("edit", with_bea=True)
        seen = desk.check(**LOWER)

        done = desk.send(seen, **LOWER)

        page = text_of(desk.client.get(done["Location"]))
        assert "Handed in as a new revision. Other people decide on it first." in page
        assert (stored(desk.proposal).state, stored(desk.proposal).revision_number) == (
            "in_review",
            2,
        )
        assert "Approve part" not in page

    def test_keeps_what_was_typed_and_says_beside_it_what_is_wrong(self, at):
        desk = at("edit")

        refused = desk.check(**{"0-NextStep": "x" * 300, "text": "Longer."})

        assert refused.status_code == 422
        assert "at most 255 characters" in text_of(refused)
        assert "x" * 300 in refused.content.decode()
        assert "Longer." in refused.content.decode()

    def test_says_beside_the_field_what_policy_refuses(self, record, signed_in):
        workflow()
        proposal = asked(Amount=21000)

        refused = signed_in("ben").post(
            f"/proposals/{proposal.pk}/edit/",
            {"digest": proposal.digest, "0-Amount": "90000", "text": "More.", "step": "check"},
        )

        assert refused.status_code == 422
        assert text_of(refused).count("a change of 350.0 % is above the limit of 40 %") == 2
        assert 'value="90000"' in refused.content.decode()

    def test_of_what_has_changed_keeps_what_was_typed(self, at):
        desk = at("edit")
        answer(desk.proposal, create_draft(fields={"NextStep": "Write to them"}))

        stale = desk.check(**{**LOWER, "0-NextStep": "Visit them"})

        assert stale.status_code == 409
        page = text_of(stale)
        assert "What you typed is kept below" in page
        assert "Typed for fields that are not part of it any more" in page
        assert "StageNameQualification" in page
        assert 'value="Visit them"' in stale.content.decode()
        assert stored(desk.proposal).digest in stale.content.decode()

    def test_of_what_was_decided_says_so_and_keeps_what_was_typed(self, at):
        desk = at("edit", with_bea=True)
        seen = desk.check(**LOWER)
        decide(desk.proposal, "bea", at=LATER)

        late = desk.send(seen, **LOWER)

        assert late.status_code == 409
        assert "Bea decided at" in text_of(late)
        assert "The buyer said so." in late.content.decode()
        assert 'name="step" value="send"' not in late.content.decode()

    def test_is_not_offered_where_the_action_forbids_it(self, at):
        desk = at("edit", edits="off", parts="off")

        assert "This is decided as it is" in text_of(desk.look())
        page = desk.client.get(f"/proposals/{desk.proposal.pk}/").content.decode()
        assert f"/proposals/{desk.proposal.pk}/edit/" not in page
        assert desk.check(**LOWER).status_code == 409

    def test_is_for_whoever_decides(self, at):
        desk = at("edit", who="eve")

        assert desk.look().status_code == 404
        assert desk.check(**LOWER).status_code == 404

    def test_is_reached_from_the_bar_by_key(self, at):
        desk = at("edit")

        page = desk.client.get(f"/proposals/{desk.proposal.pk}/?next=1").content.decode()

        assert re.search(rf'href="/proposals/{desk.proposal.pk}/edit/\?next=1" data-key="e"', page)
        assert re.search(rf'href="/proposals/{desk.proposal.pk}/part/\?next=1" data-key="p"', page)
        assert set(stored(desk.proposal).headline["fields"]) == set(BOTH)
