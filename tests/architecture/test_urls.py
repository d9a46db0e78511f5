"""Every address: classed for agents, closed to strangers, and never changed by looking."""

from collections.abc import Callable, Iterable, Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from orchestrator.gateway.route_classes import ROUTES, RouteClass
from orchestrator.people.models import User
from tests.factories import create_granted_agent, create_proposal, create_workflow, issue_key
from tests.fake_connector import FakeCrm

CHANGES = ("INSERT", "UPDATE", "DELETE")


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Yield the full name of every route."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern, namespace + inner)


EVERY = sorted(set(routes(get_resolver())))
FORBIDDEN = [name for name in EVERY if ROUTES[name].route_class == RouteClass.FORBIDDEN]
# Signing in and out, what a secret address gives away, and what Slack has to sign.
OPEN_TO_STRANGERS = (
    "sign-in",
    "sign-out",
    "account_login",
    "account_logout",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "identity:directory-sign-in",
    "openid_connect_callback",
    "identity:scim-configuration",
    "identity:scim-users",
    "identity:scim-user",
    "oncall:read-calendar",
    "people:show-welcome",
    "chat:take-action",
    "chat:take-command",
)
# These ask the browser something random, which waits in the visitor's own session for the answer.
KEEPS_A_QUESTION = ("mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate_webauthn")
PAGES = [name for name in FORBIDDEN if name not in OPEN_TO_STRANGERS]


@pytest.fixture
def addresses(db: None, crm: FakeCrm) -> dict[str, object]:
    """Return a value for every part of an address, each of something that is there."""
    crm.add("Opportunity", "006000000000001AAA", Name="Deal", StageName="Prospecting", Amount=1.0)
    workflow = create_workflow()
    agent = create_granted_agent(workflow=workflow, slug="hygiene-agent")
    key = issue_key(agent=agent)
    return {
        "proposal_id": create_proposal(agent=agent, workflow=workflow).pk,
        "slug": workflow.slug,
        "name": agent.slug,
        "object_name": "Opportunity",
        "record_id": "006000000000001AAA",
        "number": 1,
        "run_id": 1,
        "prefix": key.split("_")[1],
        "page_id": "pag_01JD0000000000000000000000",
        "commit_id": "cmt_01JD0000000000000000000000",
        "halt_id": 1,
        "rollback_id": "rbk_01JD0000000000000000000000",
        "absence_id": 1,
        "bulk_id": "blk_01JD0000000000000000000000",
        "endpoint_id": "whe_01JD0000000000000000000000",
        "channel_id": 1,
        "delivery_id": "dlv_01JD0000000000000000000000",
        "notification_id": "ntf_01JD0000000000000000000000",
        "session_id": 1,
        "mapping_id": 1,
        "user_id": "1",
        "pk": 1,
        "round_id": 1,
        "view_id": 1,
        "line_id": 1,
        "duty_id": 1,
        "key": key,
        "secret": "not-a-secret-that-opens-anything",
        "token": "not-a-token",
    }


def address(name: str, parts: dict[str, object]) -> str:
    """Return the address of a route."""
    for kwargs in _kwargs(get_resolver(), name):
        return reverse(name, kwargs={part: parts[part] for part in kwargs})
    raise LookupError(name)


def _kwargs(resolver: URLResolver, name: str, namespace: str = "") -> Iterator[list[str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _kwargs(pattern, name, namespace + inner)
        elif f"{namespace}{pattern.name}" == name:
            yield list(pattern.pattern.converters)


def failing(names: Iterable[str], holds: Callable[[str], bool]) -> list[str]:
    """Return the routes for which something does not hold; each is tried on the same scene."""
    found = []
    for name in names:
        moment = transaction.savepoint()
        if not holds(name):
            found.append(name)
        transaction.savepoint_rollback(moment)
    return found


@pytest.mark.req("B2")
class TestAgents:
    def test_find_every_route_classed(self):
        assert set(EVERY) == set(ROUTES)

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_reach_no_page_with_their_key(self, method, addresses):
        headers = {"Authorization": f"Bearer {addresses['key']}"}

        def refused(name: str) -> bool:
            answer = getattr(Client(), method)(address(name, addresses), headers=headers)
            return (answer.status_code, answer.json()["code"]) == (403, "route_not_for_agents")

        assert failing(FORBIDDEN, refused) == []

    def test_reach_no_page_that_is_not_classed(self, addresses, monkeypatch):
        monkeypatch.delitem(ROUTES, "healthz")
        headers = {"Authorization": f"Bearer {addresses['key']}"}
        assert Client().get("/healthz", headers=headers).status_code == 403


class TestStrangers:
    def test_are_sent_to_the_sign_in_page(self, addresses):
        def sent_away(name: str) -> bool:
            answer = Client().get(address(name, addresses))
            return answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")

        assert failing(PAGES, sent_away) == []

    def test_change_nothing_by_posting(self, addresses):
        def changes_nothing(name: str) -> bool:
            with CaptureQueriesContext(connection) as captured:
                Client().post(address(name, addresses))
            return not _changes(captured)

        assert failing(PAGES, changes_nothing) == []


class TestLooking:
    def test_changes_nothing(self, addresses, client):
        client.force_login(User.objects.create_superuser("root", password="x"))
        client.get("/")

        def changes_nothing(name: str) -> bool:
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address(name, addresses))
            changes = _changes(captured)
            if name in KEEPS_A_QUESTION:
                changes = [sql for sql in changes if "django_session" not in sql]
            return answer.status_code in (200, 302, 404, 405) and not changes

        assert failing(PAGES, changes_nothing) == []

    def test_needs_the_token_of_the_form_to_change_anything(self, addresses):
        guarded = Client(enforce_csrf_checks=True)
        guarded.force_login(User.objects.create_superuser("root", password="x"))

        def refused(name: str) -> bool:
            answer = guarded.post(address(name, addresses))
            return answer.status_code in (403, 405)

        assert failing(PAGES, refused) == []


def _changes(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if query["sql"].startswith(CHANGES)]
