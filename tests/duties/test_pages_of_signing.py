"""Signing, finishing, handing on and arranging through the web's own doors."""

import csv

import pytest

from audit.models import Entry
from orchestrator.duties.models import Duty, DutyLine, DutyRound
from tests.duties.scene import add_lines, line, opened, page, sign, sign_all, staff
from tests.factories import get_user
from tests.pages import shown, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now"), pytest.mark.req("B4", "I4")]


def post(client, found: DutyLine, verdict: str, said: str = "", **more):
    values = {"verdict": verdict, "said": said, "seen": found.digest}
    return client.post(page(found.round, f"lines/{found.pk}/"), values, **more)


class TestSigning:
    def test_works_without_javascript(self, review):
        found = line(review, "grant")
        answer = post(signed_in("dora"), found, "keep")

        assert answer.status_code == 302
        assert answer["Location"] == f"/duties/{review.pk}/#line-{found.pk}"
        assert DutyLine.objects.get(pk=found.pk).verdict == "keep"

    def test_swaps_the_line_alone_with_htmx(self, review):
        found = line(review, "grant")
        headers = {"HX-Request": "true", "HX-Target": f"line-{found.pk}"}
        answer = post(signed_in("dora"), found, "keep", headers=headers)
        text = answer.content.decode()

        assert text.count('class="duty-line') == 1
        assert f"1 of {review.lines.count()}" in text
        assert 'hx-swap-oob="true"' in text

    def test_says_what_is_wrong(self, review):
        client = signed_in("dora")
        found = line(review, "grant")

        assert post(client, found, "revoke").status_code == 422
        assert post(client, found, "odd").status_code == 422
        own = line(review, "member", subject_id="ops-owner:dora")
        assert post(client, own, "keep").status_code == 403
        assert post(signed_in("eve"), found, "keep").status_code == 404
        assert not review.lines.exclude(state="open").exists()

    def test_finds_no_line_of_another_round(self, review):
        found = line(review, "grant")
        other = opened("workflow_audit")
        values = {"verdict": "keep", "seen": found.digest}
        answer = signed_in("dora").post(f"/duties/{other.pk}/lines/{found.pk}/", values)

        assert answer.status_code == 404

    def test_signs_the_chosen_ones_together_and_says_what_was_left(self, review):
        found = list(review.lines.filter(section="grants"))
        own = line(review, "member", subject_id="ops-owner:dora")
        chosen = [f"{each.pk}:{each.digest}" for each in [*found, own]]
        client = signed_in("dora")

        answer = client.post(page(review, "together/"), {"line": [*chosen, "odd"]}, follow=True)

        assert f"Signed {len(found)} of {len(found) + 1} chosen lines." in answer.content.decode()
        assert f"Line {own.position} is not signed" in answer.content.decode()

    def test_offers_no_box_for_what_is_flagged(self, review):
        add_lines(review, 7)
        flagged = review.lines.exclude(flags=[]).get(title__startswith="Agent 7")
        text = shown(signed_in("dora"), page(review))

        assert f'value="{flagged.pk}:' not in text

    def test_carries_out_what_is_asked_for(self, review):
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        signed_in(staff()).post(page(review, f"lines/{asked.pk}/carry-out/"))

        assert DutyLine.objects.get(pk=asked.pk).state == "signed"


class TestTheEnd:
    def test_finishes_and_shows_the_digest(self, review):
        sign_all(review, get_user("dora"), get_user("frank"), staff())
        client = signed_in("dora")

        client.post(page(review, "finish/"), {"summary": "All in order."})

        text = shown(client, page(review))
        assert "All in order." in text
        assert DutyRound.objects.get(pk=review.pk).digest in text
        assert "Finish the round" not in text
        assert "Access review" in shown(client, "/duties/?tab=done")

    def test_is_refused_while_a_line_is_left(self, review):
        answer = signed_in("dora").post(page(review, "finish/"))

        assert (answer.status_code, "lines_left" in answer.content.decode()) == (409, True)

    def test_hands_it_on(self, review):
        client = signed_in("dora")
        answer = client.post(page(review, "hand-on/"), {"to": "frank", "words": "I am away."})

        assert answer.status_code == 302
        assert DutyRound.objects.get(pk=review.pk).assignee == get_user("frank")
        assert client.post(page(review, "hand-on/"), {"to": "eve"}).status_code == 422

    def test_exports_cells_that_no_spreadsheet_runs_and_records_that(self, review):
        found = line(review, "grant")
        sign(found, get_user("dora"), "note", said="=cmd()")
        answer = signed_in("dora").post(page(review, "export/"))

        rows = list(csv.DictReader(answer.getvalue().decode().splitlines()))
        assert len(rows) == review.lines.count()
        assert rows[found.position - 1]["said"] == "'=cmd()"
        assert Entry.objects.get(event="duty.exported").actor_id == "dora"
        assert signed_in("dora").get(page(review, "export/")).status_code == 405


class TestArranging:
    values = {
        "role": "deal-desk", "rhythm": "weekly", "weekday": "4", "day": "", "time": "15:00",
        "zone": "Europe/Berlin", "due_within": "1", "reason": "Fridays suit us.",
    }  # fmt: skip

    def address(self) -> str:
        return f"/duties/arrange/{Duty.objects.get(kind='exception_review').pk}/"

    def test_begins_with_how_it_is(self, review):
        text = shown(signed_in("dora"), self.address())

        assert "every Monday at 09:00 UTC" in text
        assert 'value="09:00"' in text

    def test_moves_it(self, review):
        answer = signed_in("dora").post(self.address(), self.values)

        assert answer.status_code == 302
        assert Duty.objects.get(kind="exception_review").day == 4

    @pytest.mark.parametrize("wrong", [{"reason": ""}, {"rhythm": "monthly"}, {"time": "x"}])
    def test_says_what_is_wrong_beside_the_field(self, review, wrong):
        answer = signed_in("dora").post(self.address(), {**self.values, **wrong})

        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()

    def test_is_for_ops_owners_and_staff(self, review):
        assert signed_in("ben").get(self.address()).status_code == 403
        assert signed_in("ben").post(self.address(), self.values).status_code == 403
