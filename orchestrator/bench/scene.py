"""What every figure starts from: people with sessions, a workflow, an agent with its key."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from orchestrator.agents import operations as agents
from orchestrator.agents.models import Agent
from orchestrator.bench.crm import Crm
from orchestrator.bench.door import Door
from orchestrator.bench.servers import Serving
from orchestrator.kernel import actors
from orchestrator.orgs.models import Org
from orchestrator.orgs.operations import connect_org
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations as workflows
from orchestrator.workflows.models import Workflow

SETTING_UP = actors.system("bench")
CLIENTS = 16
WORKFLOW_FILE = Path(__file__).with_name("workflow.yaml")
ROLES = ("bench-desk", "bench-managers", "bench-sales", "bench-service", "bench-quotes")
PEOPLE = [f"bench-person-{number}" for number in range(CLIENTS)]
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Scene:
    """A running Countersign with everything that a proposal needs on its way."""

    here: Serving
    crm: Crm
    org: Org
    workflow: Workflow
    agent: Agent
    key: str
    people: list[User]
    quick: bool
    keys: Iterator[int] = field(default_factory=itertools.count)

    def agents_door(self) -> Door:
        """Return a connection that shows the agent's key."""
        return Door(self.here.address, {"Authorization": f"Bearer {self.key}"})

    def body(self, record_id: str) -> dict[str, Any]:
        """Return a proposal, about a kilobyte, as an agent sends it."""
        quote = "We have not heard back since the second demo; the budget is still open. " * 5
        return {
            "workflow": self.workflow.slug,
            "action": "change_stage",
            "title": "Back to qualification",
            "reason": {"code": "stalled_30d", "text": "No activity on either side for 42 days."},
            "confidence": 0.9,
            "evidence": [
                {"kind": "url", "title": "Call notes", "href": "https://notes.example.com/1"},
                {"kind": "quote", "title": "Last mail", "quote": quote},
            ],
            "changes": [
                {
                    "op": "update",
                    "object": "Opportunity",
                    "id": record_id,
                    "fields": {"StageName": "Qualification"},
                }
            ],
        }

    def submit(self, door: Door, record_id: str, key: str) -> dict[str, Any]:
        """Submit over REST; return the answer."""
        answer = door.send_json(
            "POST", "/api/v1/proposals", self.body(record_id), Idempotency_Key=key
        )
        return dict(answer.json())


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's browser: a session, and the token that the page's form carries."""

    door: Door
    token: str

    def approve(self, proposal_id: str, digest: str) -> None:
        """Send the page's form, as its button does."""
        fields = {"csrfmiddlewaretoken": self.token, "digest": digest, "vote": "approve"}
        body = urlencode(fields).encode()
        path = f"/proposals/{proposal_id}/decide/"
        self.door.ask("POST", path, body, {"Content-Type": FORM}, expect=(302,))


def set_up(here: Serving, *, at: dt.datetime, quick: bool) -> Scene:
    """Make people, org, workflow and agent through the public operations."""
    owner = _person("bench-owner", staff=True)
    persons = [_person(name) for name in PEOPLE]
    roles = {slug: _role(slug, at) for slug in ROLES}
    for number, person in enumerate(persons):
        people.add_member(role=roles["bench-desk"], person=person, by=SETTING_UP, at=at)
        also = ROLES[1 + number % (len(ROLES) - 1)]
        people.add_member(role=roles[also], person=person, by=SETTING_UP, at=at)
    org = connect_org(
        slug="bench-crm",
        title="Bench CRM",
        kind="salesforce",
        environment="dev",
        base_url=here.crm,
        sign_in="client_credentials",
        client_id=here.client_id,
        secret=here.client_secret,
        by=SETTING_UP,
        at=at,
    )
    workflow = _workflow(at)
    for role in roles.values():
        for right in ("view", "decide"):
            people.grant_right(role=role, workflow=workflow, right=right, by=SETTING_UP, at=at)
    agent, key = _agent(workflow, owner, at)
    crm = Crm(here.crm, here.client_id, here.client_secret)
    return Scene(here, crm, org, workflow, agent, key, persons, quick)


def session_of(person: User) -> dict[str, str]:
    """Sign the person in and return the header that their browser sends."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def open_desk(address: str, session: dict[str, str], proposal_id: str) -> Desk:
    """
    Open the review page once, as a person does, and keep the token of its form.

    :raises ValueError: if the page has no form
    """
    with Door(address, session) as door:
        page = door.ask("GET", f"/proposals/{proposal_id}/")
    found = TOKEN.search(page.body)
    if found is None:
        raise ValueError("The review page has no form to decide with.")
    cookie = page.headers["set-cookie"].partition(";")[0]
    return Desk(Door(address, {"Cookie": f"{session['Cookie']}; {cookie}"}), found[1].decode())


def _person(name: str, *, staff: bool = False) -> User:
    person = User(username=name, first_name=name.title(), is_staff=staff)
    person.set_unusable_password()
    person.save()
    return person


def _role(slug: str, at: dt.datetime) -> Role:
    title = slug.replace("-", " ").capitalize()
    return people.create_role(
        slug=slug, title=title, description="", fallback=None, by=SETTING_UP, at=at
    )


def _workflow(at: dt.datetime) -> Workflow:
    version = workflows.add_version(
        source=WORKFLOW_FILE.read_text(),
        by=SETTING_UP,
        at=at,
        note="",
        check_condition=compile_condition,
    )
    slug = version.workflow.slug
    workflows.raise_mode(
        workflow=version.workflow, to="propose", reason="Bench.", proposal="", by=SETTING_UP, at=at
    )
    return Workflow.objects.get(slug=slug)


def _agent(workflow: Workflow, owner: User, at: dt.datetime) -> tuple[Agent, str]:
    agent = agents.register_agent(
        slug="bench-agent",
        title="Bench agent",
        description="",
        environment="dev",
        owner=owner,
        capabilities=["propose"],
        by=SETTING_UP,
        at=at,
    )
    agents.activate(agent=agent, reason="Bench.", by=SETTING_UP, at=at)
    agents.give_grant(
        agent=agent,
        workflow=workflow,
        object_name="Opportunity",
        fields=["StageName", "NextStep", "Amount"],
        operations=["update"],
        record_filter="record.Amount < 100000000.0",
        starts_at=at,
        ends_at=None,
        reason="Bench.",
        by=SETTING_UP,
        at=at,
    )
    expires = at + dt.timedelta(days=1)
    issued = agents.issue_key(agent=agent, expires_at=expires, by=SETTING_UP, at=at)
    return Agent.objects.select_related("owner").get(pk=agent.pk), issued.text
