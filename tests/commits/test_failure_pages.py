"""The pages of failures, through the web's own doors."""

import datetime as dt
import re

import pytest

from orchestrator.commits import deadletters, escalation
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.connectors.errors import Rejected, Transient
from orchestrator.kernel import clock
from orchestrator.people.models import User
from tests.browser import PHONE, accessibility_faults
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of
from tests.commits.visits import fail
from tests.factories import get_user
from tests.pages import signed_in, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("E3")]


class TestList:
    def test_says_the_cause_in_plain_words_and_what_helps(self, dead_letter):
        page = text_of(signed_in("dora").get("/failures/"))

        assert "The CRM does not let our user write it" in page
        assert "insufficient access rights" in page
        assert "Have the integration user's permissions changed" in page.replace("&#x27;", "'")

    def test_groups_what_has_one_cause(self, crm):
        fail(crm, 1, 2, 3, 4, 5, 6)

        page = text_of(signed_in("dora").get("/failures/"))

        assert "6 \N{MULTIPLICATION SIGN} " in page
        assert "Deal with all 6" in page
        assert "See all 6" in page

    def test_says_whose_it_is_and_until_when(self, dead_letter):
        assert "You" in text_of(signed_in("dora").get("/failures/?tab=mine"))
        assert "Deal 1" not in text_of(signed_in("ben").get("/failures/?tab=mine"))

    def test_shows_what_is_escalated_first(self, dead_letter):
        escalation.escalate_overdue(at=SOON + dt.timedelta(hours=9))

        page = text_of(signed_in("dora").get("/failures/"))

        assert "1 escalated: nobody dealt with it in time" in page

    def test_pages_through_one_cause(self, crm):
        fail(crm, *range(1, 53))
        dora = signed_in("dora")
        cause = DeadLetter.objects.first().cause

        first = dora.get("/failures/", {"cause": cause})
        following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
        rest = dora.get(following[1].replace("&amp;", "&"))

        links = [
            set(re.findall(r"/failures/(cmt_\w+)/", page.content.decode()))
            for page in (first, rest)
        ]
        assert (len(links[0]), len(links[1])) == (50, 2)
        assert not links[0] & links[1]

    def test_asks_the_database_no_more_for_many_than_for_few(
        self, crm, django_assert_max_num_queries
    ):
        fail(crm, *range(1, 21))
        dora = signed_in("dora")
        dora.get("/failures/")

        with django_assert_max_num_queries(18):
            dora.get("/failures/")

    def test_shows_strangers_nothing(self, dead_letter):
        eve = signed_in("eve")

        assert dead_letter.pk not in eve.get("/failures/").content.decode()
        assert eve.get(f"/failures/{dead_letter.pk}/").status_code == 404
        answer = eve.post(f"/failures/{dead_letter.pk}/requeue/", {"reason": "Because."})
        assert answer.status_code == 403
        assert Commit.objects.get().state == "failed"

    @pytest.mark.parametrize("query", ["tab=nonsense&before=%27", "before=99999999999999999999"])
    def test_shows_everything_at_a_broken_address(self, dead_letter, query):
        assert dead_letter.pk in signed_in("dora").get(f"/failures/?{query}").content.decode()

    def test_survives_hostile_words_of_the_crm(self, crm):
        fail(crm, 1, error=Rejected("<script>alert(1)</script>", crm_code="<b>"))

        page = signed_in("dora").get("/failures/").content.decode()

        assert "<script>alert" not in page
        assert "<b>" not in page


class TestOne:
    def test_shows_cause_values_tries_story_and_approver(self, dead_letter):
        page = text_of(signed_in("dora").get(f"/failures/{dead_letter.pk}/"))

        for words in (
            "The CRM does not let our user write it",
            "Prospecting",
            "Qualification",
            "permission",
            "Ben",
            "could not write it",
        ):
            assert words in page

    def test_reads_the_record_now_when_asked(self, unclear, crm):
        [key] = crm.records
        crm.edit(key, StageName="Proposal")

        page = text_of(signed_in("dora").get(f"/failures/{unclear.pk}/?now=1"))

        assert "Proposal" in page
        assert "neither" in page

    def test_answers_while_the_crm_does_not(self, unclear, crm):
        crm.fail_reads = Transient("The CRM is away.")

        answer = signed_in("dora").get(f"/failures/{unclear.pk}/?now=1")

        assert answer.status_code == 200
        assert "The CRM is away." in text_of(answer)

    def test_shows_both_sides_of_an_unclear_outcome_and_three_verdicts(self, unclear):
        page = text_of(signed_in("dora").get(f"/failures/{unclear.pk}/"))

        for words in (
            "Prospecting",
            "Qualification",
            "Negotiation",
            "It was written",
            "It was not written: try again",
            "Give up",
        ):
            assert words in page

    def test_offers_nothing_to_who_may_only_look(self, dead_letter):
        page = signed_in("ben").get(f"/failures/{dead_letter.pk}/").content.decode()

        assert "requeue/" not in page
        assert "Edit as new revision" not in page

    def test_says_that_it_is_over(self, dead_letter):
        deadletters.discard(
            commit_id=dead_letter.pk, reason="No.", person=get_user("dora"), at=clock.now()
        )

        page = text_of(signed_in("dora").get(f"/failures/{dead_letter.pk}/"))

        assert "Nobody has to deal with this any more" in page

    def test_is_not_there_for_a_commit_that_never_failed(self, crm):
        commit = commit_of(approve(opportunity(crm)))

        assert signed_in("dora").get(f"/failures/{commit.pk}/").status_code == 404


class TestActing:
    def test_putting_back_writes_after_reading_again(self, dead_letter, crm):
        answer = signed_in("dora").post(
            f"/failures/{dead_letter.pk}/requeue/", {"reason": "Rights were fixed."}
        )

        assert answer.status_code == 302
        drain(at=clock.now())
        assert state_of(dead_letter.proposal) == "committed"

    def test_discarding_ends_the_proposal(self, unclear):
        signed_in("dora").post(f"/failures/{unclear.pk}/discard/", {"reason": "Overtaken."})

        assert Commit.objects.get().state == "discarded"
        assert state_of(unclear.proposal) == "discarded"

    def test_saying_that_it_was_written_is_read_back(self, unclear, crm):
        answer = signed_in("dora").post(
            f"/failures/{unclear.pk}/written/", {"reason": "I saw it there."}
        )

        assert answer.status_code == 302
        settle(clock.now() + dt.timedelta(minutes=1))
        assert state_of(unclear.proposal) == "committed"
        assert crm.effects == []

    def test_wants_a_reason(self, dead_letter):
        answer = signed_in("dora").post(f"/failures/{dead_letter.pk}/discard/", {"reason": " "})

        assert answer.status_code == 422
        assert "reason_needed" in answer.content.decode()

    def test_keeps_what_was_typed_when_somebody_was_faster(self, dead_letter):
        deadletters.requeue(
            commit_id=dead_letter.pk, reason="Mine.", person=get_user("dora"), at=clock.now()
        )

        answer = signed_in("dora").post(
            f"/failures/{dead_letter.pk}/discard/", {"reason": "A long explanation."}
        )

        assert answer.status_code == 409
        assert "Somebody was faster" in text_of(answer)
        assert "A long explanation." in answer.content.decode()

    def test_taking_and_handing_over(self, dead_letter):
        hal = get_user("hal")
        User.objects.filter(pk=hal.pk).update(is_superuser=True)

        signed_in("hal").post(f"/failures/{dead_letter.pk}/take/")
        assert DeadLetter.objects.get().owner == hal

        signed_in("hal").post(
            f"/failures/{dead_letter.pk}/hand-over/", {"to": "dora", "reason": "Yours."}
        )
        assert DeadLetter.objects.get().owner.username == "dora"

    def test_handing_it_to_nobody_is_refused(self, dead_letter):
        answer = signed_in("dora").post(f"/failures/{dead_letter.pk}/hand-over/", {"reason": "x"})

        assert answer.status_code == 422


class TestInABrowser:
    @pytest.fixture
    def page_of(self, live_server, context):
        def visit(path, username="dora"):
            client = signed_in(username)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            page = context.new_page()
            page.goto(live_server.url + path)
            return page

        return visit

    @pytest.mark.parametrize("path", ["", "{}/", "{}/correct/", "bulk/?tab=unknown"])
    def test_has_no_accessibility_faults_and_fits_a_phone(self, page_of, unclear, path):
        page = page_of(f"/failures/{path.format(unclear.pk)}")

        assert accessibility_faults(page) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    def test_reads_the_record_by_itself_once_the_page_is_open(self, page_of, unclear, crm):
        [key] = crm.records
        crm.edit(key, StageName="Proposal")

        page = page_of(f"/failures/{unclear.pk}/")

        page.locator("#both-sides", has_text="just now").wait_for()
        assert "Proposal" in page.locator("#both-sides").inner_text()
