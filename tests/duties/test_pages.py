"""The pages of duties, through the web's own doors."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from orchestrator.agents.models import Agent, Grant
from orchestrator.agents.operations import end_grant
from orchestrator.duties.models import DutyRound
from orchestrator.duties.queries import LINES_A_PAGE
from tests.duties.scene import FIRST, add_lines, line, opened, page, set_up, sign, staff
from tests.factories import SETUP, create_workflow, get_user
from tests.pages import shown, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now"), pytest.mark.req("B4", "I4")]
EVIL = "<script>alert(1)</script>\u202e"


class TestTheLists:
    def test_show_what_is_mine_first(self, review):
        text = shown(signed_in("dora"), "/duties/")

        assert "Access review" in text
        assert f"0 of {review.lines.count()}" in text

    def test_show_what_is_overdue_in_red(self, review):
        with travel(review.due_at + dt.timedelta(minutes=1), tick=False):
            text = shown(signed_in("frank"), "/duties/?tab=overdue")

        assert "1 overdue" in text
        assert "Access review" in text

    def test_show_what_is_coming_with_its_schedule(self, review):
        text = shown(signed_in("dora"), "/duties/?tab=coming")

        assert "every Monday at 09:00 UTC" in text
        assert "on the 1st working day of every month at 09:00 UTC" in text
        assert "Arrange" in text

    def test_show_strangers_nothing(self, review):
        text = shown(signed_in("eve"), "/duties/?tab=open")

        assert "Access review" not in text
        assert signed_in("eve").get(page(review)).status_code == 404

    def test_show_staff_what_somebody_revoked_and_is_still_there(self, review):
        someone = staff()
        sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")

        assert "For you to take away" in shown(signed_in(someone), "/duties/")

    def test_survive_a_nonsense_address(self, review):
        client = signed_in("dora")
        for query in ("tab=odd", "tab=%00", "tab="):
            assert client.get(f"/duties/?{query}").status_code == 200
        for query in ("show=odd", "after=x", "after=-1", "after=" + "9" * 30, "show=%00"):
            assert client.get(page(review, f"?{query}")).status_code == 200

    @pytest.mark.parametrize("tab", ["mine", "open", "overdue", "done", "coming"])
    def test_ask_the_same_few_queries_however_many_there_are(self, review, tab):
        client = signed_in("dora")
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
        text = shown(signed_in("dora"), page(review))

        assert f"0 of {review.lines.count()}" in text
        assert "What agents may propose" in text
        assert "Hygiene agent may update Opportunity" in text

    def test_shows_text_of_agents_as_text(self):
        agent = set_up()
        Agent.objects.filter(pk=agent.pk).update(title=EVIL)
        text = shown(signed_in("dora"), page(opened()))

        assert "alert(1)" in text
        assert "<script>alert(1)" not in text
        assert "\u202e" not in text

    def test_offers_nobody_their_own_access(self, review):
        own = line(review, "member", subject_id="ops-owner:dora")
        text = shown(signed_in("dora"), page(review))

        assert f"/duties/{review.pk}/lines/{own.pk}/" not in text
        assert "It is about your own access" in text

    def test_is_only_looked_at_by_who_does_not_carry_it(self, review):
        audit = opened("workflow_audit")
        text = shown(signed_in("ben"), page(audit))

        assert "Ops owner signs these lines" in text
        assert f"/duties/{audit.pk}/lines/" not in text
        assert "Finish the round" not in text

    def test_marks_what_is_gone_since(self, review):
        grant = Grant.objects.get(pk=line(review, "grant").subject_id)
        end_grant(grant=grant, reason="Over.", by=SETUP, at=FIRST)

        assert "gone since" in shown(signed_in("dora"), page(review))

    def test_names_what_was_missed(self, review):
        DutyRound.objects.filter(pk=review.pk).update(missed=["2026-10", "2026-11"])

        text = shown(signed_in("dora"), page(review))

        assert "It stands for 2026-10, 2026-11 too" in text

    def test_asks_the_same_few_queries_for_two_hundred_lines(self, review):
        client = signed_in("dora")
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
        client, after, seen = signed_in("dora"), "", []
        while True:
            context = client.get(page(review, f"?show=all{after}")).context
            seen += [row.line.pk for group in context["groups"] for row in group.rows]
            if context["next_after"] is None:
                break
            after = f"&after={context['next_after']}"

        assert len(seen) == len(set(seen)) == review.lines.count()

    def test_prints_every_line(self, review):
        add_lines(review, 200)
        client = signed_in("dora")
        client.get(page(review, "print/"))

        with CaptureQueriesContext(connection) as captured:
            text = shown(client, page(review, "print/"))

        assert text.count('data-label="Line"') == review.lines.count()
        assert len(captured) <= 16
