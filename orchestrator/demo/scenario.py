"""Everything the demo starts from, made through public operations only; safe to run again."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission

from orchestrator.agents import operations as agents
from orchestrator.agents.models import Agent
from orchestrator.demo import time_and_people
from orchestrator.kernel import actors
from orchestrator.orgs.models import Org
from orchestrator.orgs.operations import connect_org
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import role_has_right
from orchestrator.people.rights import Right
from orchestrator.policy.conditions import compile_condition
from orchestrator.web.demo_people import DEMO_PASSWORD, DEMO_PEOPLE, DemoPerson
from orchestrator.workflows import operations as workflows
from orchestrator.workflows.configuration import ensure_configuration_workflow
from orchestrator.workflows.models import Workflow

WORKFLOW_FILES = Path(__file__).parent / "workflows"
SETTING_UP = actors.system("demo")
ORG = "demo-crm"
KEY_LIFE = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A role of the demo and its fallback."""

    slug: str
    title: str
    description: str
    fallback: str = "ops-owner"


ROLES = [
    DemoRole("ops-owner", "Ops owner", "Runs the workflows day to day.", fallback=""),
    DemoRole("deal-desk", "Deal desk", "Late stages, quotes and forecasts."),
    DemoRole("ae-manager", "AE manager", "Amounts and close dates of the team's deals."),
    DemoRole("sales-ops", "Sales ops", "Leads, new opportunities, early stages."),
    DemoRole("revops-on-call", "RevOps on call", "Conversions, and what cannot wait."),
    DemoRole("risk-owner", "Risk owner", "Large amounts."),
    DemoRole("system-owner", "System owner", "Answers for the CRM connection."),
    DemoRole("auditor", "Auditor", "Reads everything, changes nothing."),
]


@dataclass(frozen=True, slots=True)
class DemoGrant:
    """A grant of an example agent."""

    workflow: str
    object_name: str
    fields: tuple[str, ...]
    operations: tuple[str, ...]
    record_filter: str = ""


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """An example agent: what it is, and what it may propose."""

    slug: str
    title: str
    description: str
    grants: tuple[DemoGrant, ...]


OPPORTUNITY_SIGNS = ("StageName", "LastStageChangeDate", "CloseDate", "Amount", "NextStep")
AGENTS = [
    DemoAgent(
        "stuck-deals",
        "Stuck deal agent",
        "Looks for deals that have stood in one stage for 30 days.",
        (
            DemoGrant(
                "deal-hygiene",
                "Opportunity",
                (*OPPORTUNITY_SIGNS, "ForecastCategoryName", "Probability"),
                ("update",),
            ),
            DemoGrant(
                "deal-hygiene",
                "Task",
                ("Subject", "Status", "Priority", "ActivityDate", "WhatId", "Description"),
                ("create",),
            ),
        ),
    ),
    DemoAgent(
        "lead-hygiene",
        "Lead hygiene agent",
        "Fills missing fields on leads and makes spellings agree.",
        (
            DemoGrant(
                "lead-hygiene",
                "Lead",
                (
                    "Company",
                    "Email",
                    "Industry",
                    "NumberOfEmployees",
                    "Website",
                    "Country",
                    "Phone",
                ),
                ("update",),
                "record.Status != 'Closed - Converted'",
            ),
        ),
    ),
    DemoAgent(
        "deal-desk-agent",
        "Deal desk agent",
        "Reads mails about deals and proposes stages, amounts and close dates.",
        (DemoGrant("revenue-operations", "Opportunity", OPPORTUNITY_SIGNS, ("update",)),),
    ),
]


def set_up(*, crm_url: str, client_id: str, client_secret: str, at: dt.datetime) -> dict[str, str]:
    """Make what is missing; return the key of every agent that was made now, by agent."""
    # One hash for all: the password is public, and making ten would hold up the start.
    password = make_password(DEMO_PASSWORD)
    for person in DEMO_PEOPLE:
        _person(person, password)
    roles = {role.slug: _role(role, at) for role in ROLES}
    for person in DEMO_PEOPLE:
        for slug in person.roles:
            member = User.objects.get(username=person.username)
            people.add_member(role=roles[slug], person=member, by=SETTING_UP, at=at)
    _org(crm_url, client_id, client_secret, at)
    owner = User.objects.get(username="ops-owner")
    ensure_configuration_workflow(
        owner=owner, by=SETTING_UP, at=at, check_condition=compile_condition
    )
    time_and_people.set_up_calendars(by=SETTING_UP, at=at)
    made = [_workflow(path, at) for path in sorted(WORKFLOW_FILES.glob("*.yaml"))]
    _rights(roles, at)
    time_and_people.set_up(by=SETTING_UP, at=at)
    keys = {agent.slug: _agent(agent, owner, at) for agent in AGENTS}
    for workflow, created in made:
        if created:
            _raise(workflow, at)
    return {slug: key for slug, key in keys.items() if key}


def _person(person: DemoPerson, password: str) -> None:
    first, _, last = person.name.partition(" ")
    given = {
        "first_name": first,
        "last_name": last,
        "is_staff": person.staff,
        "email": f"{person.username}@demo.example",
    }
    User.objects.get_or_create(username=person.username, defaults={**given, "password": password})


def _role(wanted: DemoRole, at: dt.datetime) -> Role:
    role = Role.objects.filter(slug=wanted.slug).first()
    if role is None:
        role = people.create_role(
            slug=wanted.slug,
            title=wanted.title,
            description=wanted.description,
            fallback=Role.objects.filter(slug=wanted.fallback).first(),
            by=SETTING_UP,
            at=at,
        )
    role.group.permissions.add(
        Permission.objects.get(codename="view_entry", content_type__app_label="audit")
    )
    return role


def _org(crm_url: str, client_id: str, client_secret: str, at: dt.datetime) -> None:
    org = Org.objects.filter(slug=ORG).first()
    if org is None:
        connect_org(
            slug=ORG,
            title="Demo CRM",
            kind="salesforce",
            environment="dev",
            base_url=crm_url,
            sign_in="client_credentials",
            client_id=client_id,
            secret=client_secret,
            by=SETTING_UP,
            at=at,
        )
    elif org.base_url != crm_url:
        # The simulator got another port this time; everything else stays.
        org.base_url = crm_url
        org.save(update_fields=["base_url"])


def _workflow(path: Path, at: dt.datetime) -> tuple[Workflow, bool]:
    before = set(Workflow.objects.values_list("slug", flat=True))
    version = workflows.add_version(
        source=path.read_text(),
        by=SETTING_UP,
        at=at,
        note="The demo's first version",
        check_condition=compile_condition,
    )
    return version.workflow, version.workflow.slug not in before


def _rights(roles: dict[str, Role], at: dt.datetime) -> None:
    """Let every role see every workflow; who decides and who runs it, its version has said."""
    for workflow in Workflow.objects.all():
        for role in roles.values():
            if not any(role_has_right(role, workflow, right) for right in Right):
                people.grant_right(role=role, workflow=workflow, right="view", by=SETTING_UP, at=at)


def _agent(wanted: DemoAgent, owner: User, at: dt.datetime) -> str:
    """Make the agent with its grants; return its key, or nothing if it was there before."""
    if Agent.objects.filter(slug=wanted.slug, environment="dev").exists():
        return ""
    agent = agents.register_agent(
        slug=wanted.slug,
        title=wanted.title,
        description=wanted.description,
        environment="dev",
        owner=User.objects.get(username="system-owner"),
        capabilities=["propose"],
        by=owner.actor,
        at=at,
    )
    agents.activate(agent=agent, reason="The demo starts.", by=owner.actor, at=at)
    for grant in wanted.grants:
        agents.give_grant(
            agent=agent,
            workflow=Workflow.objects.get(slug=grant.workflow),
            object_name=grant.object_name,
            fields=list(grant.fields),
            operations=list(grant.operations),
            record_filter=grant.record_filter,
            starts_at=at,
            ends_at=None,
            reason="What this example agent is for.",
            by=owner.actor,
            at=at,
        )
    issued = agents.issue_key(agent=agent, expires_at=at + KEY_LIFE, by=owner.actor, at=at)
    return issued.text


def _raise(workflow: Workflow, at: dt.datetime) -> None:
    """Take a new workflow up to where the demo begins; in use, going up is a proposal."""
    rungs = ["propose", "execute"] if workflow.slug == "lead-hygiene" else ["propose"]
    for rung in rungs:
        workflow.refresh_from_db()
        workflows.raise_mode(
            workflow=workflow,
            to=rung,
            reason="Where the demo begins.",
            proposal="",
            by=SETTING_UP,
            at=at,
        )
