"""Callers who look for a way round: odd headers, odd paths, odd methods, a key beside a session."""

import pytest
from django.test import Client

from approvals.models import Decision, Proposal
from tests.factories import get_user
from tests.gateway.conftest import BODY, Door

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]


def with_session() -> Client:
    """Return a browser in which somebody who may decide is signed in."""
    client = Client()
    client.force_login(get_user("ben"))
    return client


class TestKeys:
    @pytest.mark.parametrize(
        "shown",
        [
            {"Authorization": "Basic {key}"},
            {"Authorization": "{key}"},
            {"Authorization": "Bearer {key}, Bearer {key}"},
            {"Authorization": "Bearer"},
            {"Authorization": ""},
            {"X-Api-Key": "{key}"},
            {"Cookie": "Authorization={key}; key={key}"},
            {"Proxy-Authorization": "Bearer {key}"},
        ],
    )
    def test_count_in_one_place_only(self, door: Door, shown):
        headers = {name: text.format(key=door.key) for name, text in shown.items()}

        assert Client().get("/api/v1/me", headers=headers).status_code == 401

    def test_do_not_count_in_an_address(self, door: Door):
        query = {"key": door.key, "access_token": door.key, "Authorization": f"Bearer {door.key}"}

        assert Client().get("/api/v1/me", query).status_code == 401

    def test_are_not_replaced_by_a_session(self, door: Door):
        assert with_session().get("/api/v1/me").status_code == 401


class TestDecisions:
    @pytest.mark.parametrize("path", ["{page}decide/", "/{page}decide/", "{page}decide", "{page}"])
    @pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "patch", "delete"])
    def test_cannot_be_reached_with_a_key_even_beside_a_session(self, door: Door, path, method):
        door.propose()
        proposal = Proposal.objects.get()
        address = path.format(page=f"/proposals/{proposal.pk}/")
        headers = {**door.headers, "X-HTTP-Method-Override": "POST"}

        answer = getattr(with_session(), method)(address, headers=headers, follow=False)

        assert answer.status_code in (301, 403, 404)
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("path", ["/api/v1/../../controls/", "/api/v1/%2e%2e/controls/"])
    def test_are_not_behind_dots(self, door: Door, path):
        assert door.http.get(path, headers=door.headers).status_code in (403, 404)


class TestReplays:
    def test_are_the_first_answer_byte_for_byte(self, door: Door):
        first, second = door.propose(title="Zoë — ½"), door.propose(title="Zoë — ½")

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.content == second.content

    def test_are_still_given_after_a_withdrawal(self, door: Door):
        first = door.propose()
        door.delete(f"/proposals/{first.json()['id']}")

        again = door.propose()

        assert (again.status_code, again.content) == (200, first.content)
        assert Proposal.objects.count() == 1

    def test_cover_the_same_key_twice_in_one_batch(self, door: Door):
        items = [{**BODY, "idempotency_key": "twin"}, {**BODY, "idempotency_key": "twin"}]
        items.append({**BODY, "title": "Another", "idempotency_key": "twin"})

        results = door.post("/proposals/batch", {"proposals": items}).json()["results"]

        assert Proposal.objects.count() == 1
        assert [result["status"] for result in results] == [201, 200, 409]
