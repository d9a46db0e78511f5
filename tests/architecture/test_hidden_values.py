"""What a person may not see reaches no page: every address is walked with values to recognise."""

import logging
from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.hidden_scene import CANARIES, NEW, OLD, Scene, hidden_scene
from tests.fake_connector import FakeCrm
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("B6")]


@pytest.fixture
def scene(crm: FakeCrm) -> Scene:
    return hidden_scene(crm)


def values_of(scene: Scene) -> dict[str, list[object]]:
    """Return values for every part of an address, of whatever holds a canary."""
    return {
        "proposal_id": scene.proposals,
        "commit_id": scene.commits,
        "slug": [scene.workflow.slug, "deal-desk"],
        "name": ["hygiene-agent", scene.blind.username],
        "object_name": ["Opportunity"],
        "record_id": [f"006{number:012d}AAA" for number in range(1, 6)],
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
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace").lower()
    return [each for each in CANARIES if each.lower() in text]


class TestAPersonWithoutTheRight:
    def test_finds_the_value_on_no_page(self, scene):
        client = signed_in(scene.blind)
        client.raise_request_exception = False

        leaks = {address: found_in(client, address) for address in sorted(set(addresses(scene)))}

        assert {address: found for address, found in leaks.items() if found} == {}
