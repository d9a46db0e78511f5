"""The pages of duties, through the web's own doors."""

import csv
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from audit.models import Entry
from orchestrator.agents.models import Agent, Grant
from orchestrator.agents.operations import end_grant
from orchestrator.duties.models import Duty, DutyLine, DutyRound
from orchestrator.duties.queries import LINES_A_PAGE
from tests.duties.scene import FIRST, line, opened, set_up, sign, sign_all, signed_in, staff
from tests.factories import SETUP, create_workflow, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B4", "I4")]
EVIL = "<script>alert(1)</script>\u202e"
NOW = FIRST + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def now():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def review() -> DutyRound:
    set_up()
    return opened()


def page(review: DutyRound, rest: str = "") -> str:
    return f"/duties/{review.pk}/{rest}"


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, found: DutyLine, verdict: str, said: str = "", **more):
    values = {"verdict": verdict, "said": said, "seen": found.digest}
    return client.post(f"/duties/{found.round_id}/lines/{found.pk}/", values, **more)


class TestTheLists:
    def test_show_what_is_mine_first(self, review):
        text = shown(signed_in(get_user("dora")), "/duties/")

        assert "Access review" in text
        assert f"0 of {review.lines.count()}" in text

    def test_show_what_is_overdue_in_red(self, review):
        with travel(review.due_at + dt.timedelta(minutes=1), tick=False):
            text = shown(signed_in(get_user("frank")), "/duties/?tab=overdue")

        assert "1 overdue" in text
        assert "Access review" in text

    def test_show_what_is_coming_with_its_schedule(self, review):
        text = shown(signed_in(get_user("dora")), "/duties/?tab=coming")

        assert "every Monday at 09:00 UTC" in text
        assert "on the 1st working day of every month at 09:00 UTC" in text
        assert "Arrange" in text

    def test_show_strangers_nothing(self, review):
        text = shown(signed_in(get_user("eve")), "/duties/?tab=open")

        assert "Access review" not in text
        assert signed_in(get_user("eve")).get(page(review)).status_code == 404

    def test_show_staff_what_somebody_revoked_and_is_still_there(self, review):
        someone = staff()
        sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        assert "For you to take away" in shown(signed_in(someone), "/duties/")

    def test_survive_a_nonsense_address(self, review):
        client = signed_in(get_user("dora"))
        for query in ("tab=odd", "tab=%00", "tab="):
            assert client.get(f"/duties/?{query}").status_code == 200
        for query in ("show=odd", "after=x", "after=-1", "after=" + "9" * 30, "show=%00"):
            assert client.get(page(review, f"?{query}")).status_code == 200

    @pytest.mark.parametrize("tab", ["mine", "open", "overdue", "done", "coming"])
    def test_ask_the_same_few_queries_however_many_there_are(self, review, tab):
        client = signed_in(get_user("dora"))
        address = f"/duties/?tab={tab}"
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(3):
            create_workflow(slug=f"flow-{number}")
            again = DutyRound.objects.get(pk=review.pk)
            again.pk, again.period = None, f"2025-0{number + 1}"
            again.save(force_insert=True)
        with CaptureQueriesContext(connection) as many:
            client.get(address)

        assert len(few) == len(many) <= 16


class TestTheRound:
    def test_shows_how_far_it_is_and_what_is_out_of_the_ordinary(self, review):
        staff()
        text = shown(signed_in(get_user("dora")), page(review))

        assert f"0 of {review.lines.count()}" in text
        assert "What agents may propose" in text
        assert "Hygiene agent may update Opportunity" in text

    def test_shows_text_of_agents_as_text(self):
        agent = set_up()
        Agent.objects.filter(pk=agent.pk).update(title=EVIL)
        text = shown(signed_in(get_user("dora")), page(opened()))

        assert "alert(1)" in text
        assert "<script>alert(1)" not in text
        assert "\u202e" not in text

    def test_offers_nobody_their_own_access(self, review):
        own = line(review, "member", subject_id="ops-owner:dora")
        text = shown(signed_in(get_user("dora")), page(review))

        assert f"/duties/{review.pk}/lines/{own.pk}/" not in text
        assert "It is about your own access" in text

    def test_marks_what_is_gone_since(self, review):
        grant = Grant.objects.get(pk=line(review, "grant").subject_id)
        end_grant(grant=grant, reason="Over.", by=SETUP, at=FIRST)

        assert "gone since" in shown(signed_in(get_user("dora")), page(review))

    def test_names_what_was_missed(self, review):
        DutyRound.objects.filter(pk=review.pk).update(missed=["2026-10", "2026-11"])

        text = shown(signed_in(get_user("dora")), page(review))

        assert "It stands for 2026-10, 2026-11 too" in text

    def test_asks_the_same_few_queries_for_two_hundred_lines(self, review):
        client = signed_in(get_user("dora"))
        client.get(page(review))
        with CaptureQueriesContext(connection) as few:
            client.get(page(review))
        add_lines(review, 200)
        with CaptureQueriesContext(connection) as many:
            text = client.get(page(review, "?show=all")).content.decode()

        assert text.count('class="duty-line"') == LINES_A_PAGE
        assert len(few) == len(many) <= 30

    def test_pages_through_every_line_once(self, review):
        add_lines(review, 200)
        client, after, seen = signed_in(get_user("dora")), "", []
        while True:
            context = client.get(page(review, f"?show=all{after}")).context
            seen += [row.line.pk for group in context["groups"] for row in group.rows]
            if context["next_after"] is None:
                break
            after = f"&after={context['next_after']}"

        assert len(seen) == len(set(seen)) == review.lines.count()

    def test_prints_every_line(self, review):
        add_lines(review, 200)
        client = signed_in(get_user("dora"))
        client.get(page(review, "print/"))

        with CaptureQueriesContext(connection) as captured:
            text = shown(client, page(review, "print/"))

        assert text.count('data-label="Line"') == review.lines.count()
        assert len(captured) <= 16


def add_lines(review: DutyRound, count: int) -> None:
    """Add lines about grants to a round."""
    last = review.lines.count()
    DutyLine.objects.bulk_create(
        DutyLine(
            round=review,
            position=last + number,
            section="grants",
            subject_kind="grant",
            subject_id=str(10_000 + number),
            title=f"Agent {number} may update Opportunity",
            facts=[["Agent", f"Agent {number}"]],
            flags=["never used"] if number % 7 == 0 else [],
            barred=["ada"],
            digest=f"sha256:{number:064x}",
        )
        for number in range(1, count + 1)
    )


class TestSigning:
    def test_works_without_javascript(self, review):
        found = line(review, "grant")
        answer = post(signed_in(get_user("dora")), found, "keep")

        assert answer.status_code == 302
        assert answer["Location"] == f"/duties/{review.pk}/#line-{found.pk}"
        assert DutyLine.objects.get(pk=found.pk).verdict == "keep"

    def test_swaps_the_line_alone_with_htmx(self, review):
        found = line(review, "grant")
        headers = {"HX-Request": "true", "HX-Target": f"line-{found.pk}"}
        answer = post(signed_in(get_user("dora")), found, "keep", headers=headers)
        text = answer.content.decode()

        assert text.count('class="duty-line') == 1
        assert f"1 of {review.lines.count()}" in text
        assert 'hx-swap-oob="true"' in text

    def test_says_what_is_wrong(self, review):
        client = signed_in(get_user("dora"))
        found = line(review, "grant")

        assert post(client, found, "revoke").status_code == 422
        assert post(client, found, "odd").status_code == 422
        own = line(review, "member", subject_id="ops-owner:dora")
        assert post(client, own, "keep").status_code == 403
        assert post(signed_in(get_user("eve")), found, "keep").status_code == 404
        assert not review.lines.exclude(state="open").exists()

    def test_finds_no_line_of_another_round(self, review):
        found = line(review, "grant")
        other = opened("workflow_audit")
        values = {"verdict": "keep", "seen": found.digest}
        answer = signed_in(get_user("dora")).post(f"/duties/{other.pk}/lines/{found.pk}/", values)

        assert answer.status_code == 404

    def test_signs_the_chosen_ones_together_and_says_what_was_left(self, review):
        found = list(review.lines.filter(section="grants"))
        own = line(review, "member", subject_id="ops-owner:dora")
        chosen = [f"{each.pk}:{each.digest}" for each in [*found, own]]
        client = signed_in(get_user("dora"))

        answer = client.post(page(review, "together/"), {"line": [*chosen, "odd"]}, follow=True)

        assert f"Signed {len(found)} of {len(found) + 1} chosen lines." in answer.content.decode()
        assert f"Line {own.position} is not signed" in answer.content.decode()

    def test_offers_no_box_for_what_is_flagged(self, review):
        add_lines(review, 7)
        flagged = review.lines.exclude(flags=[]).get(title__startswith="Agent 7")
        text = shown(signed_in(get_user("dora")), page(review))

        assert f'value="{flagged.pk}:' not in text

    def test_carries_out_what_is_asked_for(self, review):
        asked = sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        signed_in(staff()).post(page(review, f"lines/{asked.pk}/carry-out/"))

        assert DutyLine.objects.get(pk=asked.pk).state == "signed"


class TestTheEnd:
    def test_finishes_and_shows_the_digest(self, review):
        sign_all(review, get_user("dora"), get_user("frank"), staff())
        client = signed_in(get_user("dora"))

        client.post(page(review, "finish/"), {"summary": "All in order."})

        text = shown(client, page(review))
        assert "All in order." in text
        assert DutyRound.objects.get(pk=review.pk).digest in text
        assert "Finish the round" not in text
        assert "Access review" in shown(client, "/duties/?tab=done")

    def test_is_refused_while_a_line_is_left(self, review):
        answer = signed_in(get_user("dora")).post(page(review, "finish/"))

        assert (answer.status_code, "lines_left" in answer.content.decode()) == (409, True)

    def test_hands_it_on(self, review):
        client = signed_in(get_user("dora"))
        answer = client.post(page(review, "hand-on/"), {"to": "frank", "words": "I am away."})

        assert answer.status_code == 302
        assert DutyRound.objects.get(pk=review.pk).assignee == get_user("frank")
        assert client.post(page(review, "hand-on/"), {"to": "eve"}).status_code == 422

    def test_exports_cells_that_no_spreadsheet_runs_and_records_that(self, review):
        found = line(review, "grant")
        sign(found, get_user("dora"), "note", said="=cmd()")
        answer = signed_in(get_user("dora")).post(page(review, "export/"))

        rows = list(csv.DictReader(answer.getvalue().decode().splitlines()))
        assert len(rows) == review.lines.count()
        assert rows[found.position - 1]["said"] == "'=cmd()"
        assert Entry.objects.get(event="duty.exported").actor_id == "dora"
        assert signed_in(get_user("dora")).get(page(review, "export/")).status_code == 405


class TestArranging:
    values = {
        "role": "deal-desk", "rhythm": "weekly", "weekday": "4", "day": "", "time": "15:00",
        "zone": "Europe/Berlin", "due_within": "1", "reason": "Fridays suit us.",
    }  # fmt: skip

    def address(self) -> str:
        return f"/duties/arrange/{Duty.objects.get(kind='exception_review').pk}/"

    def test_begins_with_how_it_is(self, review):
        text = shown(signed_in(get_user("dora")), self.address())

        assert "every Monday at 09:00 UTC" in text
        assert 'value="09:00"' in text

    def test_moves_it(self, review):
        answer = signed_in(get_user("dora")).post(self.address(), self.values)

        assert answer.status_code == 302
        assert Duty.objects.get(kind="exception_review").day == 4

    @pytest.mark.parametrize("wrong", [{"reason": ""}, {"rhythm": "monthly"}, {"time": "x"}])
    def test_says_what_is_wrong_beside_the_field(self, review, wrong):
        answer = signed_in(get_user("dora")).post(self.address(), {**self.values, **wrong})

        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()

    def test_is_for_ops_owners_and_staff(self, review):
        assert signed_in(get_user("ben")).get(self.address()).status_code == 403
        assert signed_in(get_user("ben")).post(self.address(), self.values).status_code == 403
