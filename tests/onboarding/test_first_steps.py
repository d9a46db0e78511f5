"""All first steps through the pages alone, down to running the command that they print."""

import json
import shlex
from dataclasses import dataclass
from html import unescape

import pytest
from django.test import Client

from approvals import preparation
from approvals.models import Proposal
from audit.models import Entry
from orchestrator.commits import engine
from orchestrator.kernel import clock
from orchestrator.orgs.models import Org
from orchestrator.workflows.models import Workflow
from tests.pages import shown, text_of
from tests.registry_factories import PASSWORD, create_user
from tests.simulated_org import SimulatedOrg

pytestmark = [pytest.mark.django_db, pytest.mark.req("J1")]


@dataclass
class Call:
    """A curl command, read as a shell and curl would."""

    method: str
    address: str
    headers: dict[str, str]
    body: str

    def run(self):
        """Send it to the app."""
        path = self.address.removeprefix("http://testserver")
        return Client().generic(
            self.method, path, self.body, content_type=self.headers["Content-Type"],
            headers=self.headers,
        )  # fmt: skip


def block(page: str, name: str) -> str:
    """Return what stands in the preformatted element of this id."""
    return unescape(page.split(f'id="{name}" tabindex="0">', 1)[1].split("</pre>", 1)[0])


def call_in(page: str) -> Call:
    """Return the printed command with the printed key in place of its name."""
    name, _, value = shlex.split(block(page, "key-line"))[1].partition("=")
    words = shlex.split(block(page, "command").replace(f"${name}", value))
    assert words[:3] == ["curl", "-sS", "-X"]
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    return Call(words[3], words[4], headers, words[words.index("--data") + 1])


def decide(person: str, proposal: Proposal) -> None:
    """Approve as somebody who signs in and opens the page."""
    client = Client()
    assert client.post(
        "/sign-in/", {"username": person, "login": person, "password": PASSWORD}
    ).status_code == 302  # fmt: skip
    shown(client, f"/proposals/{proposal.pk}/")
    ballot = {"digest": proposal.digest, "vote": "approve", "reason_code": "", "text": "Go on."}
    client.post(f"/proposals/{proposal.pk}/decide/", ballot)


def state(staff: Client) -> dict[str, bool]:
    return {step.key: step.done for step in staff.get("/start/").context["steps"]}


def connect(staff: Client, simulator: SimulatedOrg) -> None:
    """Step 1: an org, tested."""
    answer = staff.post(
        "/connections/new/",
        {
            "from": "start", "title": "Acme", "slug": "acme-dev", "environment": "dev",
            "base_url": simulator.url, "api_version": "64.0", "sign_in": "client_credentials",
            "client_id": simulator.client_id, "secret": simulator.client_secret,
        },
    )  # fmt: skip
    assert answer["Location"] == "/start/"
    staff.post("/connections/acme-dev/test/", {"from": "start"})
    assert Entry.objects.get(event="org.tested").detail["outcome"] in ("passed", "warned")


def load(staff: Client) -> None:
    """Step 3: a workflow, from an example as the page offers it."""
    example = staff.get("/start/?example=next-steps").context["file_form"].initial["source"]
    assert staff.post("/start/workflow/", {"source": example}).status_code == 302
    workflow = Workflow.objects.get(slug="next-steps")
    assert (workflow.mode, workflow.org.slug) == ("observe", "acme-dev")


def let_it_ask(staff: Client) -> None:
    """Step 4: it may ask people; somebody else decides, and the change is carried out."""
    staff.post("/workflows/next-steps/raise/", {"to": "propose", "reason": "First steps."})
    asked = Proposal.objects.get(action="change_mode")
    assert f"/proposals/{asked.pk}/" in shown(staff, "/start/")
    preparation.prepare_due(at=clock.now())
    decide("olga", asked)
    engine.drain(org_id=Org.objects.get(kind="control").pk, at_clock=clock.now)
    assert state(staff)["mode"]


def make_agent(staff: Client) -> Call:
    """Step 5: an agent with its grant and its key, shown once; return the printed command."""
    page = staff.post(
        "/start/agent/",
        {
            "workflow": "next-steps", "title": "First agent", "slug": "first-agent",
            "owner": "root", "action": "set_next_step",
        },
    ).content.decode()  # fmt: skip
    call = call_in(page)
    key = call.headers["Authorization"].removeprefix("Bearer ")
    assert key.startswith("csn_")
    assert key not in shown(staff, "/start/")
    return call


def test_lead_from_nothing_to_a_proposal_in_the_inbox(staff, simulator):
    simulator.reset()
    deal = simulator.add(
        "Opportunity", Name="Acme 2027", StageName="Proposal", CloseDate="2026-12-31"
    )
    create_user(username="olga", full_name="Olga Ops", password=PASSWORD)
    assert not any(state(staff).values())

    connect(staff, simulator)
    # 2. Two people who decide.
    staff.post("/start/owners/", {"owners": ["root", "olga"]})
    assert state(staff)["people"]
    load(staff)
    let_it_ask(staff)
    call = make_agent(staff)

    # 6. The command as it is printed, about a record that is there.
    assert json.loads(call.body)["changes"][0]["id"] == deal
    assert call.run().status_code == 201
    proposal = Proposal.objects.exclude(agent=None).get()
    arrival = staff.get(
        "/start/arrival/", {"workflow": "next-steps"}, headers={"HX-Request": "true"}
    )
    assert "It is here" in text_of(arrival)
    assert "every 2s" not in arrival.content.decode()
    assert f"/proposals/{proposal.pk}/" in arrival.content.decode()

    preparation.prepare_due(at=clock.now())
    olga = Client()
    olga.post("/sign-in/", {"username": "olga", "login": "olga", "password": PASSWORD})
    assert f"/proposals/{proposal.pk}/" in shown(olga, "/?tab=all")
    assert all(state(staff).values())
