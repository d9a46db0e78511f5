"""Deciding on many at once from the inbox, without a script."""

import datetime as dt

import pytest
import time_machine

from approvals import bulk_casting
from approvals.models import BulkDecision, Decision, Proposal
from tests.factories import AT, create_draft, create_proposal
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
LATER = AT + dt.timedelta(minutes=30)
CHECK, START = "/bulk-decisions/check/", "/bulk-decisions/"


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def proposals(crm):
    """Return three proposals that wait for the deal desk."""
    made = []
    for number in range(1, 4):
        record_id = f"006{number:012d}AAA"
        values = {"AccountId": "001000000000001AAA", "Amount": 20000.0}
        crm.add("Opportunity", record_id, Name=f"Deal {number}", StageName="Prospecting", **values)
        made.append(create_proposal(draft=create_draft(record_id=record_id)))
    return made


def text_of(response) -> str:
    return " ".join(read(response.content.decode()).text().split())


def tokens(proposals) -> list[str]:
    return [f"{each.pk}~{each.digest}" for each in proposals]


def states(proposals) -> list[str]:
    return [Proposal.objects.get(pk=each.pk).state for each in proposals]


class TestChoosing:
    def test_is_offered_for_each_line_of_ones_own_work(self, proposals, signed_in):
        page = signed_in("ben").get("/").content.decode()

        assert all(token in page for token in tokens(proposals))
        assert CHECK in page

    def test_is_not_offered_for_high_risk(self, proposals, signed_in):
        Proposal.objects.filter(pk=proposals[0].pk).update(risk="high")

        page = signed_in("ben").get("/").content.decode()

        assert tokens(proposals)[0] not in page
        assert tokens(proposals)[1] in page

    def test_is_not_offered_on_what_is_decided(self, proposals, signed_in):
        assert CHECK not in signed_in("ben").get("/?tab=decided").content.decode()


class TestCheck:
    def test_shows_what_would_happen_and_changes_nothing(self, proposals, signed_in):
        Proposal.objects.filter(pk=proposals[2].pk).update(risk="high")

        page = signed_in("ben").post(CHECK, {"vote": "approve", "chosen": tokens(proposals)})

        said = text_of(page)
        assert "Would be approved: 2" in said
        assert "Left out: 1" in said
        assert "High risk: open it and decide on it alone." in said
        assert states(proposals) == ["in_review"] * 3
        assert not BulkDecision.objects.exists()

    def test_tells_nothing_of_what_the_person_may_not_see(self, proposals, signed_in):
        page = signed_in("ana").post(CHECK, {"vote": "approve", "chosen": tokens(proposals)})

        assert "Deal 1" not in text_of(page) or "for Deal desk to decide" in text_of(page)
        assert "Would be approved: 0" in text_of(page)

    @pytest.mark.parametrize("chosen", [[], ["nonsense"], ["prp_1~x", "\x01"]])
    def test_answers_nonsense_in_words(self, proposals, signed_in, chosen):
        page = signed_in("ben").post(CHECK, {"vote": "approve", "chosen": chosen})

        assert page.status_code in (200, 422)
        assert "Would be approved: 0" in text_of(page)

    def test_goes_back_to_nowhere_but_this_site(self, proposals, signed_in):
        for origin in ("https://evil.example/", "//evil.example/", "/\\evil.example/"):
            page = signed_in("ben").post(
                CHECK, {"vote": "approve", "chosen": tokens(proposals), "origin": origin}
            )

            assert "evil" not in page.content.decode()


class TestStart:
    def test_decides_on_all_and_says_so(self, proposals, signed_in):
        ben = signed_in("ben")

        response = ben.post(
            START, {"vote": "approve", "chosen": " ".join(tokens(proposals)), "key": "form-1"}
        )
        assert "0 of 3" in text_of(ben.get(response["Location"]))
        bulk_casting.run_due(at_clock=lambda: LATER)

        assert "Done. 3 approved" in text_of(ben.get(response["Location"]))
        assert states(proposals) == ["approved"] * 3

    def test_sent_twice_decides_once(self, proposals, signed_in):
        ben, form = signed_in("ben"), {"vote": "approve", "chosen": tokens(proposals), "key": "1"}

        assert ben.post(START, form)["Location"] == ben.post(START, form)["Location"]

    def test_keeps_what_was_typed_when_a_reason_is_missing(self, proposals, signed_in):
        page = signed_in("ben").post(
            START,
            {"vote": "deny", "chosen": tokens(proposals), "key": "1", "text": "After the quarter."},
        )

        assert page.status_code == 422
        assert "After the quarter." in page.content.decode()
        assert not BulkDecision.objects.exists()

    def test_says_of_each_item_why_it_was_left_out(self, proposals, signed_in):
        ben = signed_in("ben")
        response = ben.post(
            START, {"vote": "approve", "chosen": tokens(proposals), "key": "form-1"}
        )
        Proposal.objects.filter(pk=proposals[0].pk).update(digest="sha256:other")
        bulk_casting.run_due(at_clock=lambda: LATER)

        said = text_of(ben.get(response["Location"]))

        assert "2 approved, 1 left out" in said
        assert "has changed since you opened it" in said

    def test_can_be_stopped(self, proposals, signed_in):
        ben = signed_in("ben")
        place = ben.post(START, {"vote": "approve", "chosen": tokens(proposals), "key": "1"})

        ben.post(f"{place['Location']}stop/")
        bulk_casting.run_due(at_clock=lambda: LATER)

        assert states(proposals) == ["in_review"] * 3
        assert not Decision.objects.exists()
        assert "Stopped after 0 of 3" in text_of(ben.get(place["Location"]))

    def test_is_nobody_elses_to_see(self, proposals, signed_in):
        place = signed_in("ben").post(
            START, {"vote": "approve", "chosen": tokens(proposals), "key": "1"}
        )

        assert signed_in("dora").get(place["Location"]).status_code == 404
        assert signed_in("dora").post(f"{place['Location']}stop/").status_code in (403, 404)
