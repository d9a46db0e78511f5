"""From one proposal to the next, in the order of the inbox."""

import pytest

from approvals.models import Review
from tests.approvals.views.test_inbox import at_work, submit_many
from tests.factories import AT, create_workflow

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
__all__ = ["at_work"]


class TestReviewing:
    def test_goes_on_after_what_was_decided_and_not_to_what_was_skipped(self, crm, signed_in):
        submit_many(crm, 3)
        _, second, third = Review.objects.select_related("proposal").order_by("due_at")
        form = {"vote": "approve", "digest": second.proposal.digest, "next": "1"}
        address = f"/proposals/{second.proposal_id}/decide/"

        answer = signed_in("ben").post(address, form, follow=True)

        assert answer.redirect_chain[-1][0] == f"/proposals/{third.proposal_id}/?next=2"

    @pytest.mark.parametrize("address", ["/next/", "/"])
    def test_answers_a_key_that_nobody_can_keep(self, signed_in, address):
        create_workflow()
        after = f"{AT.isoformat()}~\x00"

        assert signed_in("ben").get(address, {"after": after}, follow=True).status_code == 200
