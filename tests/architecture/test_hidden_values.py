"""What a person may not see reaches no page: every address is walked with values to recognise."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from approvals import commenting, decisions, snoozing
from approvals.blindness import CannotSeeAll
from approvals.live_records import checking
from approvals.models import BulkDecision, BulkItem, Proposal
from orchestrator.connectors.base import RecordKey
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User
from orchestrator.people.rights import Right
from tests.architecture.hidden_scene import CANARIES, LATER, NEW, OLD, Scene, hidden_scene
from tests.factories import AT
from tests.fake_connector import FakeCrm
from tests.pages import shown, signed_in
from tests.sight import take

pytestmark = [pytest.mark.django_db, pytest.mark.req("B6")]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def scene(crm: FakeCrm) -> Scene:
    return hidden_scene(crm)


def values_of(scene: Scene) -> Mapping[str, Sequence[object]]:
    """Return values for every part of an address, of whatever holds a canary."""
    return {
        "proposal_id": scene.proposals,
        "commit_id": scene.commits,
        "slug": [scene.workflow.slug, "deal-desk"],
        "name": ["hygiene-agent", scene.blind.username],
        "object_name": ["Opportunity"],
        "record_id": [f"006{number:012d}AAA" for number in range(1, 7)],
        "rollback_id": [scene.rollback.pk],
        "run_id": [scene.run.pk],
        "number": [1, 2],
    }


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the full name of every route, with the parts of its address."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", list(pattern.pattern.converters)
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern, namespace + inner)


def addresses(scene: Scene) -> Iterator[str]:
    """Yield every address that can be made, and those that ask for more in their query."""
    values = values_of(scene)
    for name, kwargs in routes(get_resolver()):
        for chosen in product(*(values.get(part, [1]) for part in kwargs)):
            yield reverse(name, kwargs=dict(zip(kwargs, chosen, strict=True)))
    for proposal in scene.proposals:
        yield f"/proposals/{proposal}/?show=json"
        yield f"/rollbacks/new/?kind=proposal&value={proposal}"
    yield from ("/?tab=all", "/?tab=team", "/?tab=decided", "/failures/?tab=all")
    yield "/rollbacks/new/?kind=workflow&value=deal-hygiene"
    yield f"/ledger/?proposal={scene.committed.pk}"


def found_in(client: Client, address: str) -> list[str]:
    """Return the canaries that an answer holds."""
    answer = client.get(address)
    assert answer.status_code < 500, address
    body = answer.getvalue()
    text = body.decode(errors="replace").lower()
    return [each for each in CANARIES if each.lower() in text]


class TestAPersonWithoutTheRight:
    def test_finds_the_value_on_no_page_and_in_no_log(self, scene, caplog):
        client = signed_in(scene.blind)
        client.raise_request_exception = False

        with caplog.at_level(logging.DEBUG):
            found = {each: found_in(client, each) for each in sorted(set(addresses(scene)))}
            exported = client.post(f"/reconciliation/{scene.run.pk}.csv").getvalue().decode()

        assert {address: values for address, values in found.items() if values} == {}
        assert not any(each in exported for each in CANARIES)
        assert not any(each in caplog.text for each in CANARIES)
        assert "hidden" in client.get(f"/proposals/{scene.waiting.pk}/").content.decode()

    def test_finds_it_in_nothing_of_their_own(self, scene):
        proposal, blind = Proposal.objects.get(pk=scene.waiting.pk), scene.blind
        # What is made is called by its title, which its agent wrote.
        proposal.headline["operation"] = "create"
        Proposal.objects.filter(pk=proposal.pk).update(headline=proposal.headline)
        commenting.comment(
            proposal_id=proposal.pk, person=scene.seer, text=f"{NEW}, why?", key="k", at=AT
        )
        snoozing.snooze(proposal_id=proposal.pk, person=blind, until=AT + HOUR, at=AT)
        bulk = BulkDecision.objects.create(
            person=blind, vote="deny", text="No.", key="k", total=1, created_at=AT
        )
        BulkItem.objects.create(
            bulk=bulk, position=0, proposal_id=proposal.pk, digest=proposal.digest
        )
        client, page = signed_in(blind), f"/proposals/{proposal.pk}/"
        bulks = [f"/bulk-decisions/{bulk.pk}/{end}" for end in ("", "results.csv")]

        with time_machine.travel(AT, tick=False):
            found = {each: found_in(client, each) for each in ("/snoozed/", page, *bulks)}
            assert proposal.pk in client.get("/snoozed/").text

        assert not any(found.values()), found

    def test_learns_it_from_no_refusal(self, scene, crm):
        waiting = Proposal.objects.get(pk=scene.waiting.pk)
        form = {"digest": waiting.digest, "vote": "approve", "text": "I would like to know it."}
        form |= {"0-NextStep": "guess", "step": "send", "reason": form["text"]}
        client = signed_in(scene.blind)
        crm.edit(RecordKey("Opportunity", waiting.headline["record_id"]), NextStep=LATER)

        with time_machine.travel(AT, tick=False):
            for door in ("decide", "edit", "part", "override", "reassign", "withdraw"):
                answer = client.post(f"/proposals/{waiting.pk}/{door}/", form)
                assert answer.status_code in (403, 409, 422), door
                assert not any(each.lower() in answer.text.lower() for each in CANARIES), door

        # Not even that it moved: nothing was prepared again for them.
        assert Proposal.objects.get(pk=waiting.pk).digest == waiting.digest
        with pytest.raises(NotFound):
            checking.read_again(
                proposal_id=waiting.pk, person=scene.blind, digest=waiting.digest, at=AT
            )

    def test_is_refused_a_decision_and_told_who_could(self, scene):
        waiting = Proposal.objects.get(pk=scene.waiting.pk)

        with pytest.raises(CannotSeeAll) as refused:
            decide(waiting, scene.blind)

        assert refused.value.code == "cannot_see_all"
        assert "Sina role can" in refused.value.detail
        assert refused.value.extra["fields"] == ["Opportunity.NextStep"]

    def test_who_lost_the_right_since_the_page_was_shown_is_refused(self, scene):
        page = shown(signed_in(scene.seer), f"/proposals/{scene.waiting.pk}/")
        assert NEW in page
        take(scene.workflow, "sina-role", Right.VIEW_SENSITIVE)

        with pytest.raises(CannotSeeAll):
            decide(Proposal.objects.get(pk=scene.waiting.pk), scene.seer)

    def test_with_the_right_finds_the_values_where_they_decide_and_look_back(self, scene):
        client = signed_in(scene.seer)
        key = f"006{1:012d}AAA"

        assert found_in(client, f"/proposals/{scene.waiting.pk}/") == [OLD, NEW]
        assert found_in(client, f"/records/Opportunity/{key}/") == [OLD, NEW]
        assert NEW in found_in(client, "/failures/")
        assert LATER in found_in(client, "/reconciliation/")


def decide(proposal: Proposal, person: User) -> None:
    """Approve as this person."""
    decisions.decide(
        proposal_id=proposal.pk,
        person=person,
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="It is right.",
        at=AT,
        authenticated_at=AT,
    )
