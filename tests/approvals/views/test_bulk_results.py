"""What a bulk decision says before and after: the count in the button, results, a list, CSV."""

import csv
import io

import pytest

from approvals import bulk_casting
from approvals.models import BulkDecision, Proposal
from tests.approvals.views.test_bulk_decisions import (
    CHECK,
    LATER,
    START,
    at_work,
    proposals,
    states,
    text_of,
    tokens,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
__all__ = ["at_work", "proposals"]


@pytest.fixture
def ben(signed_in):
    """Return the browser of somebody of the deal desk."""
    return signed_in("ben")


def finished(ben, proposals, **more):
    form = {"vote": "approve", "chosen": tokens(proposals), "key": "1", **more}
    place = ben.post(START, form)["Location"]
    bulk_casting.run_due(at_clock=lambda: LATER)
    return place


class TestTheCheck:
    def test_says_in_its_button_how_many_of_how_many(self, proposals, ben):
        Proposal.objects.filter(pk=proposals[2].pk).update(risk="high")

        said = text_of(ben.post(CHECK, {"vote": "approve", "chosen": tokens(proposals)}))

        assert "Approve 2 of 3" in said
        assert "High risk: 1" in said

    def test_takes_a_whole_group_without_what_is_of_high_risk(self, proposals, ben):
        Proposal.objects.filter(pk=proposals[2].pk).update(risk="high")
        key = Proposal.objects.get(pk=proposals[0].pk).group_key

        page = ben.post(CHECK, {"vote": "approve", "group": key})

        assert "Approve 2 of 3" in text_of(page)
        assert f"{proposals[2].pk}~" not in page.content.decode()

    def test_of_a_group_that_is_not_there_finds_nothing(self, proposals, ben):
        said = text_of(ben.post(CHECK, {"vote": "approve", "group": "nowhere"}))

        assert "Would be approved: 0" in said

    def test_of_too_many_says_so_before_it_looks(self, ben):
        many = " ".join(f"prp_{number}~x" for number in range(1001))

        page = ben.post(CHECK, {"vote": "approve", "chosen": many})

        assert page.status_code == 422
        assert "At most 1000 at once" in text_of(page)

    def test_kindly_says_afterwards_that_nobody_reads_so_fast(self, proposals, ben):
        page = ben.post(CHECK, {"vote": "approve", "chosen": tokens(proposals)}).content.decode()
        shown = page.split('name="shown" value="')[1].split('"')[0]

        place = finished(ben, proposals, shown=shown)

        assert "You had this list of 3 before you for 0 s." in text_of(ben.get(place))


class TestTheResults:
    def test_can_be_taken_away_as_csv(self, proposals, ben):
        Proposal.objects.filter(pk=proposals[0].pk).update(risk="high")
        place = finished(ben, proposals)

        answer = ben.get(f"{place}results.csv")
        rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))

        assert answer["Content-Type"].startswith("text/csv")
        assert [row["result"] for row in rows] == ["refused", "decided", "decided"]
        assert (rows[0]["code"], rows[0]["record"]) == ("high_risk", "Deal 1")

    def test_run_no_formula_in_a_spreadsheet(self, proposals, ben):
        row = Proposal.objects.get(pk=proposals[0].pk)
        Proposal.objects.filter(pk=row.pk).update(headline={**row.headline, "label": "=1+1"})
        place = finished(ben, proposals)

        assert "'=1+1" in ben.get(f"{place}results.csv").getvalue().decode()

    def test_are_listed_for_whoever_decided_and_nobody_else(self, proposals, ben, signed_in):
        finished(ben, proposals)

        assert "Approve 3 proposals" in text_of(ben.get("/bulk-decisions/mine/"))
        assert "Nothing yet" in text_of(signed_in("dora").get("/bulk-decisions/mine/"))
        place = f"/bulk-decisions/{BulkDecision.objects.get().pk}/results.csv"
        assert signed_in("dora").get(place).status_code == 404

    def test_are_asked_for_until_it_is_over_and_not_after(self, proposals, ben):
        form = {"vote": "approve", "chosen": tokens(proposals), "key": "1"}
        place = ben.post(START, form)["Location"]
        running = ben.get(place).content.decode()
        bulk_casting.run_due(at_clock=lambda: LATER)

        headers = {"HX-Request": "true", "HX-Target": "bulk-progress"}
        over = ben.get(place, headers=headers).content.decode()

        assert 'hx-trigger="every 2s"' in running
        assert "hx-trigger" not in over
        assert 'hx-swap-oob="innerHTML:#bulk-said">Done. 3 approved, 0 left out.' in over
        assert states(proposals) == ["approved"] * 3
