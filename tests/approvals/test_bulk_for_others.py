"""Deciding on many at once for somebody who is away, and what a bulk decision never takes up."""

import pytest

from approvals import bulk_decisions
from approvals.eligibility import Chosen
from approvals.models import BulkItem, Decision, Proposal
from orchestrator.people import accounts
from orchestrator.people.models import User
from tests.approvals.away import leave
from tests.approvals.deciding import SOON
from tests.approvals.test_bulk_decisions import proposals, results, run, start
from tests.factories import create_user, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
__all__ = ["proposals"]


@pytest.mark.usefixtures("proposals")
class TestABulkDecision:
    def test_takes_up_nothing_that_the_person_may_not_see(self, proposals):
        create_user(username="stranger")

        with pytest.raises(bulk_decisions.BadBulkDecision):
            start(proposals, "stranger")

        assert not BulkItem.objects.exists()

    @pytest.mark.parametrize("token", [("prp_unknown", "sha256:1"), ("prp_unknown", "x" * 81)])
    def test_refuses_what_is_no_proposal(self, proposals, token):
        with pytest.raises(bulk_decisions.BadBulkDecision):
            bulk_decisions.start(
                person=get_user("ben"), vote="approve", chosen=[Chosen(*token)], key="k", at=SOON
            )

    def test_decides_for_somebody_away_within_what_they_may(self, proposals):
        create_user(username="delegate")
        leave("ben", "delegate")
        barred = proposals[0]
        Proposal.objects.filter(pk=barred.pk).update(barred=[*barred.barred, "ben"])

        bulk = start(proposals, "delegate")
        run()

        assert results(bulk) == [("refused", "own_proposal")] + [("decided", "")] * 4
        cast = Decision.objects.values_list("person__username", "on_behalf_of__username")
        assert set(cast) == {("delegate", "ben")}

    def test_sent_again_by_a_delegate_starts_one(self, proposals):
        create_user(username="delegate")
        leave("ben", "delegate")
        first = start(proposals, "delegate", key="form-9")
        run()

        assert start(proposals, "delegate", key="form-9").pk == first.pk

    def test_decides_nothing_more_once_the_account_is_closed(self, proposals):
        sam = create_user(username="sam")
        User.objects.filter(pk=sam.pk).update(is_staff=True)
        sam.refresh_from_db()
        create_user(username="spare")
        bulk = start(proposals)
        accounts.close_account(
            person=get_user("ben"), successors={}, by=sam, reason="He left.", at=SOON
        )

        run()

        assert set(results(bulk)) == {("refused", "not_allowed")}
        assert not Decision.objects.exists()
