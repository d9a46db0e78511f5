"""What the page of first steps shows: six steps, each with what is there and what is missing."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.agents.forms import KeyForm
from orchestrator.kernel.errors import NotAllowed
from orchestrator.onboarding import first_proposal, simulated
from orchestrator.onboarding.examples import example_named, examples
from orchestrator.onboarding.forms import AgentForm, OwnersForm, WorkflowFileForm
from orchestrator.onboarding.progress import Progress, progress_of
from orchestrator.onboarding.samples import sample_of
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer_people
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.queries import definition_of

TITLES = {
    "org": "Connect an org",
    "people": "Name two people who decide",
    "workflow": "Load a workflow",
    "mode": "Let it ask people",
    "agent": "Register an agent, and give it a key",
    "proposal": "Make the first proposal",
}
# What has to be there before a step can be done.
NEEDS = {
    "workflow": ("org", "people"),
    "mode": ("workflow",),
    "agent": ("workflow",),
    "proposal": ("agent",),
}
# Every two seconds for five minutes; a page that is left open does not ask for ever.
LOOKS = 150


@dataclass(frozen=True, slots=True)
class Step:
    """One step and how it stands."""

    number: int
    key: str
    title: str
    done: bool
    # The titles of the steps that have to be done first.
    waits_for: Sequence[str]
    current: bool


def check_staff(person: User) -> None:
    """
    Refuse whoever does not set this installation up.

    :raises NotAllowed: if the person is not staff
    """
    if not may_administer_people(person):
        raise NotAllowed("First steps are taken by staff. Ask one of them.")


def start_page(
    person: User, *, at: dt.datetime, address: str, wanted: dict[str, str], **more: Any
) -> dict[str, Any]:
    """Return everything that the page shows; `wanted` names a workflow, an agent, an example."""
    progress = progress_of(
        at=at, workflow=wanted.get("workflow", ""), agent=wanted.get("agent", "")
    )
    workflow = progress.workflow
    definition = definition_of(workflow.current_version_id or 0) if workflow else None
    issued = more.pop("issued", None)
    return {
        "progress": progress,
        "steps": steps_of(progress),
        "simulator": not progress.orgs and simulated.is_offered(),
        "owners_form": OwnersForm(auto_id="owners_%s"),
        "people_there": User.objects.filter(is_active=True).count() if not progress.staffed else 0,
        "examples": examples(),
        "file_form": _file_form(person, progress, wanted.get("example", "")),
        "problems": (),
        "agent_form": _agent_form(person, definition) if definition else None,
        "key_form": KeyForm(auto_id="key_%s"),
        "key_text": issued.text if issued else "",
        "looks": 0,
        **_first_call(progress, definition, address),
        **more,
    }


def steps_of(progress: Progress) -> list[Step]:
    """Return the steps, the first one that can be done now marked."""
    done = progress.done
    found: list[Step] = []
    for number, (key, title) in enumerate(TITLES.items(), start=1):
        needs = () if done[key] else NEEDS.get(key, ())
        waits = [TITLES[need] for need in needs if not done[need]]
        reached = not any(step.current for step in found)
        current = reached and not done[key] and not waits
        found.append(Step(number, key, title, done[key], waits, current))
    return found


def arrival(progress: Progress, *, looks: int) -> dict[str, Any]:
    """Return what the wait for the first proposal shows after so many looks."""
    return {"progress": progress, "looks": looks, "given_up": looks >= LOOKS}


def _file_form(person: User, progress: Progress, name: str) -> WorkflowFileForm:
    example = example_named(name)
    if example is None:
        return WorkflowFileForm(auto_id="file_%s")
    org = progress.orgs[0].slug if progress.orgs else "your-org"
    text = example.filled(org=org, owner=person.username)
    return WorkflowFileForm(auto_id="file_%s", initial={"source": text})


def _agent_form(person: User, definition: WorkflowDefinition) -> AgentForm:
    begin = first_proposal.action_to_begin_with(definition.actions)
    return AgentForm(
        auto_id="agent_%s",
        definition=definition,
        initial={"owner": person.username, "action": begin},
    )


def _first_call(
    progress: Progress, definition: WorkflowDefinition | None, address: str
) -> dict[str, Any]:
    """Return the command that makes the first proposal, once there is an agent to run it."""
    workflow = progress.workflow
    if workflow is None or definition is None or not progress.equipped or progress.proposal:
        return {"command": "", "no_record": ""}
    name = first_proposal.action_to_begin_with(definition.actions)
    action = definition.actions[name]
    sample, missing = sample_of(workflow.org, first_proposal.target_of(action))
    body = first_proposal.body_of(
        workflow=workflow.slug, name=name, action=action, sample=sample, address=address
    )
    once = f"first-steps-{secrets.token_hex(4)}"
    text = first_proposal.command(address=address, body=body, once=once)
    return {"command": text, "no_record": missing, "key_name": first_proposal.KEY_NAME}
