"""From votes to the outcome of a stage."""

import pytest

from approvals.quorum import outcome

pytestmark = pytest.mark.req("A4")


class TestOutcome:
    @pytest.mark.parametrize(
        ("votes", "quorum", "stands"),
        [
            ([], 1, "open"),
            (["approve"], 1, "approved"),
            (["approve"], 2, "open"),
            (["approve", "approve"], 2, "approved"),
            (["approve", "deny"], 2, "denied"),
            (["deny"], 3, "denied"),
            (["approve", "send_back"], 3, "sent_back"),
        ],
    )
    def test_completes_with_enough_yeses_and_ends_with_one_no(self, votes, quorum, stands):
        assert outcome(votes=votes, quorum=quorum) == stands
