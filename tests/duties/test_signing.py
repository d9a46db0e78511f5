"""Signing off: by whom, what it does, and who may never."""

import pytest

from audit.models import Entry
from orchestrator.agents.models import Grant, Key
from orchestrator.agents.operations import end_grant
from orchestrator.duties import settling, signing
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.separation import OwnAccess
from orchestrator.kernel.errors import NotAllowed, ReasonNeeded
from orchestrator.kernel.states import IllegalMove
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from tests.duties.scene import FIRST, line, opened, set_up, sign, staff
from tests.factories import SETUP, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B4")]


@pytest.fixture
def agent():
    return set_up()


@pytest.fixture
def review(agent) -> DutyRound:
    return opened()


class TestSigning:
    def test_keeps_a_line_with_who_and_when(self, review):
        signed = sign(line(review, "grant"), get_user("dora"), said="")

        assert (signed.state, signed.verdict) == ("signed", "keep")
        assert (signed.signed_by.username, signed.signed_at) == ("dora", FIRST)
        entry = Entry.objects.get(event="duty.line_signed")
        assert (entry.actor_id, entry.detail["verdict"]) == ("dora", "keep")
        assert DutyRound.objects.get(pk=review.pk).state == "in_progress"

    def test_is_refused_to_who_does_not_carry_the_role(self, review):
        with pytest.raises(NotAllowed):
            sign(line(review, "grant"), get_user("eve"))

    def test_is_for_whoever_it_was_handed_to(self, review):
        DutyRound.objects.filter(pk=review.pk).update(assignee=get_user("eve"))

        assert sign(line(review, "grant"), get_user("eve")).state == "signed"

    def test_counts_once(self, review):
        found = line(review, "grant")
        sign(found, get_user("dora"))

        with pytest.raises(IllegalMove):
            sign(found, get_user("frank"))

    def test_is_refused_for_another_line_than_on_the_screen(self, review):
        other = line(review, "key")

        with pytest.raises(signing.NotWhatYouSaw):
            sign(line(review, "grant"), get_user("dora"), seen=other.digest)

    @pytest.mark.parametrize("verdict", ["revoke", "note"])
    def test_needs_words_where_nothing_is_simply_kept(self, review, verdict):
        with pytest.raises(ReasonNeeded):
            sign(line(review, "grant"), get_user("dora"), verdict, said="  ")

    @pytest.mark.parametrize("verdict", ["accepted", "fix", "", "approve"])
    def test_takes_only_what_is_offered(self, review, verdict):
        with pytest.raises(signing.NotOffered):
            sign(line(review, "grant"), get_user("dora"), verdict)


class TestOnesOwn:
    def test_access_is_signed_by_somebody_else(self, review):
        mine = line(review, "member", subject_id="ops-owner:dora")

        with pytest.raises(OwnAccess):
            sign(mine, get_user("dora"))
        assert sign(mine, get_user("frank")).state == "signed"

    def test_agent_is_signed_by_somebody_else(self, agent):
        create_role(slug="ops-owner", members=[get_user("ada")])
        review = opened()

        for kind in ("grant", "key"):
            with pytest.raises(OwnAccess):
                sign(line(review, kind), get_user("ada"))

    def test_agent_counts_from_the_moment_that_it_is_taken_over(self, review, agent):
        agent.owner = get_user("dora")
        agent.save()

        with pytest.raises(OwnAccess):
            sign(line(review, "grant"), get_user("dora"))

    def test_role_counts_from_the_moment_that_somebody_joins_it(self, review):
        desk = Role.objects.get(slug="deal-desk")
        people.add_member(role=desk, person=get_user("dora"), by=SETUP, at=FIRST)

        with pytest.raises(OwnAccess):
            sign(line(review, "right", subject_id__startswith="deal-desk:"), get_user("dora"))

    def test_role_is_signed_by_staff_where_all_of_it_are_concerned(self, review):
        ours = line(review, "right", subject_id="ops-owner:administer:deal-hygiene")

        for name in ("dora", "frank"):
            with pytest.raises(OwnAccess):
                sign(ours, get_user(name))
        assert sign(ours, staff()).state == "signed"

    def test_role_is_not_for_staff_where_others_of_it_are_there(self, review):
        with pytest.raises(NotAllowed):
            sign(line(review, "member", subject_id="ops-owner:dora"), staff())


class TestRevoking:
    def test_ends_a_grant_through_its_own_operation(self, review):
        found = line(review, "grant")
        signed = sign(found, get_user("dora"), "revoke", said="Nobody needs it.")

        assert (signed.state, signed.gone_at) == ("signed", FIRST)
        assert Grant.objects.get(pk=found.subject_id).ends_at == FIRST
        assert Entry.objects.get(event="agent.grant_ended").detail["reason"] == "Nobody needs it."

    def test_revokes_a_key(self, review):
        found = line(review, "key")
        sign(found, get_user("dora"), "revoke")

        assert Key.objects.get(prefix=found.subject_id).revoked_at == FIRST

    def test_takes_a_right_from_a_role(self, review):
        found = line(review, "right", subject_id="deal-desk:decide:deal-hygiene")

        assert sign(found, get_user("dora"), "revoke").state == "signed"
        assert Entry.objects.get(event="workflow.right_taken").detail["role"] == "deal-desk"

    def test_stays_asked_for_where_the_signer_may_not(self, review):
        someone = staff()
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        assert (asked.state, asked.follow_up_by) == ("revoke_asked", someone)
        assert "staff" in asked.trouble
        assert get_user("ben").groups.filter(role__slug="deal-desk").exists()

    def test_is_carried_out_by_staff(self, review):
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        signing.carry_out(line_id=asked.pk, person=staff(), at=FIRST)

        assert DutyLine.objects.get(pk=asked.pk).state == "signed"
        assert not get_user("ben").groups.filter(role__slug="deal-desk").exists()

    def test_is_refused_again_to_who_may_not(self, review):
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        assert signing.carry_out(line_id=asked.pk, person=get_user("dora"), at=FIRST).trouble
        assert DutyLine.objects.get(pk=asked.pk).state == "revoke_asked"

    def test_says_why_where_the_operation_refuses(self, agent):
        someone = staff()
        create_role(slug="alone", members=[someone])
        create_role(slug="ops-owner", members=[someone])
        review = opened()
        lonely = line(review, "member", subject_id=f"alone:{someone.username}")

        asked = sign(lonely, get_user("dora"), "revoke")
        again = signing.carry_out(line_id=asked.pk, person=staff("tom"), at=FIRST)

        assert again.state == "revoke_asked"
        assert "Nobody could be reached any more" in again.trouble

    def test_can_be_taken_back_by_keeping_it(self, review):
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        assert sign(asked, get_user("frank"), "keep", said="He is needed.").state == "signed"

    def test_is_done_once_somebody_takes_it_away_elsewhere(self, review):
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")
        assert settling.settle_gone(at=FIRST) == 0
        people.remove_member(
            role=Role.objects.get(slug="deal-desk"),
            person=get_user("ben"),
            reason="Left.",
            by=SETUP,
            at=FIRST,
        )

        assert settling.settle_gone(at=FIRST) == 1
        assert DutyLine.objects.get(pk=asked.pk).gone_at == FIRST

    def test_of_what_is_gone_already_is_simply_signed(self, review):
        found = line(review, "grant")
        end_grant(grant=Grant.objects.get(pk=found.subject_id), reason="x", by=SETUP, at=FIRST)

        assert sign(found, get_user("dora"), "revoke").state == "signed"

    def test_closes_an_account_that_nobody_uses(self, agent):
        old = get_user("otto")
        old.date_joined = FIRST.replace(year=2025)
        old.save()
        review = opened()
        asked = sign(line(review, "account", subject_id="otto"), get_user("dora"), "revoke")

        signing.carry_out(line_id=asked.pk, person=staff(), at=FIRST)

        assert not get_user("otto").is_active


class TestTogether:
    def seen(self, review: DutyRound, **narrowed: object) -> dict[int, str]:
        return dict(review.lines.filter(**narrowed).values_list("pk", "digest"))

    def test_signs_what_nobody_flagged(self, review):
        chosen = self.seen(review, section="grants")

        kept = signing.keep_many(round_id=review.pk, seen=chosen, person=get_user("dora"), at=FIRST)

        assert (kept.signed, kept.left) == (3, {})
        assert set(review.lines.filter(pk__in=chosen).values_list("state", "verdict")) == {
            ("signed", "keep")
        }
        assert Entry.objects.filter(event="duty.line_signed", detail__bulk=3).count() == 3

    def test_leaves_what_is_flagged_ones_own_or_not_on_the_screen(self, agent):
        someone = staff()
        review = opened()
        flagged = line(review, "staff", subject_id=someone.username)
        own = line(review, "member", subject_id="ops-owner:dora")
        other = line(review, "grant")
        chosen = {flagged.pk: flagged.digest, own.pk: own.digest, other.pk: own.digest}

        kept = signing.keep_many(round_id=review.pk, seen=chosen, person=get_user("dora"), at=FIRST)

        assert kept.signed == 0
        assert set(kept.left) == {flagged.position, own.position, other.position}
        assert not review.lines.exclude(state="open").exists()

    def test_needs_a_choice(self, review):
        with pytest.raises(signing.NotOffered):
            signing.keep_many(round_id=review.pk, seen={}, person=get_user("dora"), at=FIRST)
