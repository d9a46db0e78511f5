"""The pages of rollbacks, through the web's own doors."""

import re

import pytest
from django.test import Client

from orchestrator.connectors.errors import Transient
from orchestrator.rollbacks.models import Rollback
from tests.commits.scene import opportunity, state_of
from tests.factories import get_user
from tests.pages import signed_in
from tests.rollbacks.scene import ask, look, parts_of, prepare, rick, take_back, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(later) -> Client:
    return signed_in(rick())


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def preview_of(client: Client, **query: str) -> str:
    answer = client.get("/rollbacks/new/", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


@pytest.mark.req("D2")
class TestThePreview:
    def test_shows_three_values_and_what_stays(self, crm, owner):
        moved, still = opportunity(crm), opportunity(crm, 2)
        write(moved)
        write(still)
        crm.edit(moved, StageName="Negotiation")

        page = preview_of(owner, kind="agent", value="hygiene-agent")

        figures = dict(re.findall(r'data-figure="(\w+)">(\d+)<', page))
        assert figures == {"records": "1", "fields": "1", "newer": "1", "cannot": "0"}
        assert "Newer, so kept: 1" in page
        assert "Somebody has changed it since." in page
        assert page.index("Negotiation") < page.index("Goes back: 1")
        assert "E-mails that the CRM" in page

    def test_becomes_a_rollback_with_a_reason(self, crm, owner):
        original = write(opportunity(crm))
        page = preview_of(owner, kind="proposal", value=original.pk)

        answer = owner.post("/rollbacks/request/", {**hidden(page), "reason": "Wrong list."})

        rollback = Rollback.objects.get()
        assert answer["Location"] == f"/rollbacks/{rollback.pk}/"
        shown = owner.get(answer["Location"]).content.decode()
        assert "Wrong list." in shown
        assert parts_of(rollback)[0].pk in shown

    def test_that_is_sent_twice_becomes_one(self, crm, owner):
        original = write(opportunity(crm))
        form = {**hidden(preview_of(owner, kind="proposal", value=original.pk)), "reason": "Wrong."}

        places = {owner.post("/rollbacks/request/", form)["Location"] for _ in range(2)}

        assert len(places) == 1
        assert Rollback.objects.count() == 1

    def test_asks_for_the_reason_and_keeps_what_was_ticked(self, crm, owner):
        key = opportunity(crm)
        original = write(key)
        crm.edit(key, StageName="Negotiation")
        page = preview_of(owner, kind="proposal", value=original.pk)
        [mark] = re.findall(r'name="anyway" value="(\w+)"', page)

        answer = owner.post("/rollbacks/request/", {**hidden(page), "reason": "", "anyway": mark})

        assert answer.status_code == 422
        assert f'value="{mark}" checked' in answer.content.decode()
        assert not Rollback.objects.exists()

    def test_of_all_newer_values_takes_one_tick(self, crm, owner):
        keys = [opportunity(crm, number) for number in (1, 2)]
        for key in keys:
            write(key)
            crm.edit(key, StageName="Negotiation")
        page = preview_of(owner, kind="workflow", value="deal-hygiene")
        [everything] = re.findall(r'name="everything" value="([\w:]+)"', page)
        form = {**hidden(page), "reason": "All of them.", "everything": everything}

        owner.post("/rollbacks/request/", form)

        assert Rollback.objects.get().records == 2

    def test_is_shown_again_when_something_was_written_meanwhile(self, crm, owner):
        write(opportunity(crm))
        page = preview_of(owner, kind="workflow", value="deal-hygiene")
        write(opportunity(crm, 2))

        answer = owner.post("/rollbacks/request/", {**hidden(page), "reason": "Wrong list."})

        assert answer.status_code == 409
        assert "not_what_you_saw" in answer.content.decode()
        assert not Rollback.objects.exists()

    def test_needs_the_crm(self, crm, owner):
        original = write(opportunity(crm))
        crm.fail_reads = Transient("Busy.")

        answer = owner.get("/rollbacks/new/", {"kind": "proposal", "value": original.pk})

        assert answer.status_code == 503
        assert "cannot be read now" in answer.content.decode()

    def test_shows_nothing_of_a_workflow_that_somebody_only_sees(self, crm, later):
        original = write(opportunity(crm))

        page = preview_of(signed_in(get_user("ben")), kind="proposal", value=original.pk)

        assert "Nothing here goes back by itself" in page
        assert "Deal 1" not in page

    @pytest.mark.parametrize(
        "query",
        [
            {"kind": "everything", "value": "x"},
            {"kind": "agent"},
            {"kind": "agent", "value": "x", "since": "yesterday"},
        ],
    )
    def test_of_something_unreadable_offers_the_choice_again(self, crm, owner, query):
        write(opportunity(crm))

        assert owner.get("/rollbacks/new/", query).status_code == 422

    @pytest.mark.parametrize("value", ["deal-hygiene@9", "deal-hygiene", "@", "nobody@" + "9" * 50])
    def test_of_a_version_that_is_not_there_is_empty(self, crm, owner, value):
        write(opportunity(crm))

        assert "Nothing here goes back" in preview_of(owner, kind="version", value=value)


@pytest.mark.req("D2")
class TestARollback:
    def test_is_decided_at_once_by_who_may(self, crm, later):
        keys = [opportunity(crm, number) for number in (1, 2, 3)]
        for key in keys:
            write(key)
        rollback = ask(look("deal-hygiene", "workflow"))
        prepare()

        page = signed_in(get_user("ben")).get(f"/rollbacks/{rollback.pk}/").content.decode()

        assert "Approve 3 at once…" in page
        form = hidden(page)
        check = signed_in(get_user("ben")).post("/bulk-decisions/check/", form)
        assert "Would be approved: 3" in check.content.decode()

    def test_is_not_decided_by_who_asked_for_it(self, crm, owner):
        original = write(opportunity(crm))
        rollback = ask(look(original.pk))
        prepare()

        page = owner.get(f"/rollbacks/{rollback.pk}/").content.decode()

        assert "Decide on" not in page
        assert "1 waits for other people" in page

    def test_is_unknown_to_strangers(self, crm, later):
        rollback = ask(look(write(opportunity(crm)).pk))

        assert signed_in(get_user("eve")).get(f"/rollbacks/{rollback.pk}/").status_code == 404

    def test_is_listed(self, crm, owner):
        rollback = ask(look(write(opportunity(crm)).pk))

        assert rollback.pk in owner.get("/rollbacks/").content.decode()


class TestTheWayThere:
    def test_starts_on_the_page_of_what_was_written(self, crm, owner):
        original = write(opportunity(crm))

        page = owner.get(f"/proposals/{original.pk}/").content.decode()

        assert f"/rollbacks/new/?kind=proposal&amp;value={original.pk}" in page

    def test_is_not_offered_to_who_may_not(self, crm, later):
        original = write(opportunity(crm))

        page = signed_in(get_user("ben")).get(f"/proposals/{original.pk}/").content.decode()

        assert "/rollbacks/new/" not in page

    def test_links_both_proposals(self, crm, owner):
        original = write(opportunity(crm))
        [part] = take_back(original)

        assert state_of(original) == "reverted"
        there = owner.get(f"/proposals/{original.pk}/").content.decode()
        back = owner.get(f"/proposals/{part.pk}/").content.decode()
        assert f'href="/proposals/{part.pk}/"' in there
        assert f'href="/proposals/{original.pk}/"' in back

    def test_is_told_on_the_record_s_page(self, crm, owner):
        key = opportunity(crm)
        original = write(key)
        [part] = take_back(original)
        root = rick()
        root.is_superuser = True
        root.save()

        page = owner.get(f"/records/Opportunity/{key.record_id}/").content.decode()

        assert "Taken back" in page
        assert page.count(f'href="/proposals/{part.pk}/"') >= 2
