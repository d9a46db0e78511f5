"""An approval that came sooner than anybody can read: told at once, kept, and never in the way."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction

from approvals.attention.opened import opened_token
from approvals.models import Decision, Pace, Proposal
from tests.approvals.deciding import decide
from tests.factories import AT, create_draft, create_proposal, get_user
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
OPENED = AT + dt.timedelta(minutes=30)
SHOWN = re.compile(r'name="shown" value="([^"]+)"')


@pytest.fixture
def proposal(crm):
    """Return a change that waits for the deal desk."""
    record_id = "006000000000001AAA"
    values = {"AccountId": "001000000000001AAA", "Amount": 20000.0, "StageName": "Prospecting"}
    crm.add("Opportunity", record_id, Name="Northwind renewal", **values)
    return create_proposal(draft=create_draft(record_id=record_id))


@pytest.fixture
def ben():
    """Return the browser of somebody who decides, which has no script."""
    with time_machine.travel(OPENED, tick=False):
        return signed_in("ben")


def open_page(client, proposal, *, at=OPENED):
    with time_machine.travel(at, tick=False):
        return client.get(f"/proposals/{proposal.pk}/").content.decode()


def send(client, proposal, *, after, shown, vote="approve", **more):
    """Send the form so many seconds after the page was opened; return where it leads."""
    form = {"vote": vote, "digest": proposal.digest, "shown": shown, **more}
    with time_machine.travel(OPENED + dt.timedelta(seconds=after), tick=False):
        return client.post(f"/proposals/{proposal.pk}/decide/", form, follow=True)


def token_on(page):
    [token] = SHOWN.findall(page)
    return token


class TestAnApprovalThatIsTooFast:
    def test_is_told_right_after_and_stands(self, proposal, ben):
        shown = token_on(open_page(ben, proposal))

        page = send(ben, proposal, after=1, shown=shown).content.decode()

        assert "You approved 1 change in 1 s. Reading it takes about" in page
        assert f'<a href="/proposals/{proposal.pk}/">Look at it again</a>' in page
        assert Proposal.objects.get().state == "approved"
        pace = Pace.objects.get()
        assert (pace.person.username, pace.too_fast) == ("ben", True)
        assert pace.took == dt.timedelta(seconds=1)

    def test_is_not_one_that_took_its_time(self, proposal, ben):
        shown = token_on(open_page(ben, proposal))

        page = send(ben, proposal, after=60, shown=shown).content.decode()

        assert "Reading it takes" not in page
        assert Pace.objects.get().too_fast is False

    def test_is_not_spoken_of_when_it_is_a_no(self, proposal, ben):
        shown = token_on(open_page(ben, proposal))

        send(ben, proposal, after=1, shown=shown, vote="deny", reason_code="other", text="No.")

        assert Proposal.objects.get().state == "denied"
        assert not Pace.objects.exists()


class TestATimeThatNobodyKnows:
    @pytest.mark.parametrize("shown", ["", "forged", "x:y"])
    def test_is_not_guessed(self, proposal, ben, shown):
        open_page(ben, proposal)

        send(ben, proposal, after=1, shown=shown)

        assert Decision.objects.count() == 1
        assert not Pace.objects.exists()

    def test_is_not_taken_from_somebody_else_or_another_content(self, proposal, ben):
        theirs = opened_token(person_id=get_user("dora").pk, digest=proposal.digest, at=OPENED)

        send(ben, proposal, after=90, shown=theirs)

        assert Decision.objects.count() == 1
        assert not Pace.objects.exists()

    def test_is_unknown_where_a_vote_comes_by_another_way(self, proposal):
        decide(proposal)

        assert not Pace.objects.exists()


class TestTheTime:
    def test_runs_on_when_the_form_is_shown_again(self, proposal, ben):
        shown = token_on(open_page(ben, proposal))

        refused = send(ben, proposal, after=40, shown=shown, vote="deny", text="No.")

        assert refused.status_code == 422
        assert token_on(refused.content.decode()) == shown

    def test_begins_anew_with_another_visit(self, proposal, ben):
        first = token_on(open_page(ben, proposal))
        later = token_on(open_page(ben, proposal, at=OPENED + dt.timedelta(hours=1)))

        assert first != later

    @pytest.mark.parametrize("said", ["Sec-Purpose", "Purpose"])
    def test_is_not_begun_by_a_page_that_is_fetched_ahead(self, proposal, ben, said):
        with time_machine.travel(OPENED, tick=False):
            page = ben.get(f"/proposals/{proposal.pk}/", headers={said: "prefetch"})

        assert not SHOWN.search(page.content.decode())

    def test_is_not_begun_by_looking(self, proposal, ben):
        open_page(ben, proposal)

        assert not Pace.objects.exists()


class TestTheDatabase:
    def test_keeps_a_pace_as_it_was(self, proposal, ben):
        send(ben, proposal, after=1, shown=token_on(open_page(ben, proposal)))

        with pytest.raises(ProgrammingError), transaction.atomic():
            Pace.objects.update(workflow=proposal.workflow)

    def test_refuses_to_call_fast_what_was_slow(self, proposal):
        decide(proposal)
        vote, second = Decision.objects.get(), dt.timedelta(seconds=1)
        values = {"person": vote.person, "workflow": proposal.workflow, "at": vote.at}

        with pytest.raises(IntegrityError), transaction.atomic():
            Pace.objects.create(
                decision=vote, too_fast=True, took=2 * second, least=second, takes=second, **values
            )
