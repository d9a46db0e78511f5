"""A member who returns and their delegate, at the same moment: a place is filled once."""

from functools import partial

import pytest

from approvals.models import Decision, Proposal, Review
from orchestrator.people.models import Absence
from tests.approvals.away import leave
from tests.factories import create_draft, create_proposal, create_user
from tests.races.test_decisions import deals, refusals, together, voting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A4")]
ROUNDS = 4
__all__ = ["deals"]


@pytest.mark.usefixtures("deals")
class TestOnePlace:
    def propose(self, number, quorum=2):
        proposal = create_proposal(draft=create_draft(record_id=f"006{number:012d}"))
        Review.objects.filter(proposal=proposal).update(quorum=quorum)
        return proposal

    def test_is_filled_by_the_member_or_by_the_delegate(self):
        voters = set()
        for number in range(ROUNDS):
            proposal = self.propose(number)
            if number == 0:
                leave("ben", "eve")

            results = together(voting(proposal, "ben"), voting(proposal, "eve"))

            assert refusals(results) == ["already_voted"]
            assert Proposal.objects.get(pk=proposal.pk).state == "in_review"
            voters.add(Decision.objects.get(revision__proposal=proposal).person.username)
        assert voters <= {"ben", "eve"}

    def test_is_one_each_where_the_delegate_has_a_place_too(self):
        for number in range(ROUNDS):
            proposal = self.propose(number)
            if number == 0:
                leave("ben", "bea")

            results = together(voting(proposal, "ben"), voting(proposal, "bea"))

            assert refusals(results) == []
            assert Proposal.objects.get(pk=proposal.pk).state == "approved"

    def test_is_filled_by_one_of_two_who_were_asked_along_a_chain(self):
        for number in range(ROUNDS):
            proposal = self.propose(number)
            if number == 0:
                leave("ben", "eve")

            results = together(voting(proposal, "eve"), voting(proposal, "eve"))

            assert refusals(results) == ["already_voted"]
            assert Decision.objects.filter(revision__proposal=proposal).count() == 1


class TestTwoWhoChooseEachOther:
    def choosing(self, person, delegate):
        return partial(leave, person, delegate)

    def test_leave_one_of_them_without(self):
        create_user(username="una"), create_user(username="vera")
        for number in range(ROUNDS):
            results = together(self.choosing("una", "vera"), self.choosing("vera", "una"))

            assert refusals(results) == ["delegation_circle"], number
            assert Absence.objects.count() == 1
            Absence.objects.all().delete()
