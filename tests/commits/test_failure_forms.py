"""Correcting one failure, and dealing with many at once, through the web's own doors."""

import re

import pytest

from approvals import preparation
from audit import queries as ledger
from orchestrator.commits import deadletters
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.kernel import clock
from tests.commits.scene import commit_of, state_of
from tests.commits.visits import fail
from tests.factories import get_user
from tests.pages import signed_in, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("E3")]


class TestCorrecting:
    def post(self, commit: Commit, who: str = "dora", **values: str):
        data = {
            "digest": commit.revision.digest,
            "reason": "The stage was renamed.",
            "0-StageName": "Proposal",
            **values,
        }
        return signed_in(who).post(f"/failures/{commit.pk}/correct/", data)

    def test_offers_the_values_as_they_were_proposed(self, dead_letter):
        page = signed_in("dora").get(f"/failures/{dead_letter.pk}/correct/").content.decode()

        assert 'value="Qualification"' in page

    def test_hands_it_in_for_approval(self, dead_letter):
        answer = self.post(dead_letter)

        assert answer["Location"] == f"/proposals/{dead_letter.proposal_id}/"
        assert state_of(dead_letter.proposal) == "in_review"
        preparation.prepare_due(at=clock.now())
        proposal = Commit.objects.get().proposal
        assert proposal.headline["first"]["new"] == "Proposal"

    def test_says_beside_the_input_what_is_wrong(self, crm):
        [commit] = fail(crm, 1, action="change_amount", fields={"Amount": 1200.0})

        answer = signed_in("dora").post(
            f"/failures/{commit.pk}/correct/",
            {"digest": commit.revision.digest, "reason": "Why.", "0-Amount": "much"},
        )

        assert answer.status_code == 422
        assert "Enter a number." in text_of(answer)
        assert 'value="much"' in answer.content.decode()

    def test_refuses_what_policy_refuses_and_keeps_what_was_typed(self, dead_letter):
        answer = self.post(dead_letter, **{"0-StageName": "Closed Won"})

        assert answer.status_code == 422
        assert 'value="Closed Won"' in answer.content.decode()
        assert state_of(dead_letter.proposal) == "failed"

    def test_leaves_a_field_out(self, crm):
        [commit] = fail(crm, 1, fields={"StageName": "Qualification", "NextStep": "Call"})

        self.post(
            commit,
            **{"0-StageName": "Qualification", "0-NextStep": "Call", "0-NextStep-leave-out": "on"},
        )

        commit.proposal.refresh_from_db()
        content = commit.proposal.revisions.get(number=2).content
        assert content["changes"][0]["fields"] == {"StageName": "Qualification"}

    def test_is_refused_for_who_may_only_look(self, dead_letter):
        assert self.post(dead_letter, who="ben").status_code == 403
        assert state_of(dead_letter.proposal) == "failed"

    def test_is_not_offered_while_the_outcome_is_unknown(self, unclear):
        answer = signed_in("dora").get(f"/failures/{unclear.pk}/correct/")

        assert answer.status_code == 409
        assert "Hand in for approval" not in text_of(answer)


class TestBulk:
    def test_shows_the_list_and_counts_it_before_anything_happens(self, crm):
        fail(crm, 1, 2, 3)
        cause = DeadLetter.objects.first().cause

        answer = signed_in("dora").get("/failures/bulk/", {"cause": cause})

        assert "3 failures at once" in text_of(answer)
        assert answer.content.decode().count('name="commit"') == 3

    def test_shows_what_became_of_each(self, crm):
        commits = fail(crm, 1, 2, 3)
        deadletters.discard(
            commit_id=commits[0].pk, reason="Mine.", person=get_user("dora"), at=clock.now()
        )

        answer = signed_in("dora").post(
            "/failures/bulk/settle/",
            {
                "verdict": "requeue",
                "reason": "Rights were fixed.",
                "commit": [commit.pk for commit in commits],
            },
        )

        page = text_of(answer)
        assert "2 of 3 requeued" in page
        assert "Somebody was faster: this commit is discarded now." in page
        [entry] = [
            line
            for line in ledger.timeline(commits[1].proposal_id)
            if line.event == "commit.requeued"
        ]
        assert entry.detail["bulk"] in page

    def test_keeps_what_was_typed_and_ticked_when_it_is_refused(self, crm):
        commits = fail(crm, 1, 2)
        cause = DeadLetter.objects.first().cause

        answer = signed_in("dora").post(
            f"/failures/bulk/settle/?cause={cause}",
            {"verdict": "discard", "reason": "", "commit": commits[0].pk},
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert len(re.findall(r'name="commit"[^>]* checked', page)) == 1
        assert 'value="discard" checked' in page
        assert {commit_of(each.proposal).state for each in commits} == {"failed"}

    def test_lists_only_what_the_person_administers(self, crm):
        fail(crm, 1)

        assert "None of these is left" in text_of(signed_in("ben").get("/failures/bulk/"))
