"""People, agents, orgs and workflows for a test, made by the real operations where there are any.

The cast: ada owns agents, ben decides for the deal desk, cleo for the account managers, dora is an
ops owner, eve is a stranger.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence

from orchestrator.agents import operations as agents
from orchestrator.agents.models import Agent, Grant
from orchestrator.kernel.actors import Actor, system
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations as workflows
from orchestrator.workflows.models import Workflow, WorkflowVersion
from tests import standard_scene
from tests.standard_workflow import WORKFLOW

# A Wednesday morning, in working hours.
AT = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)
SETUP: Actor = system("test set-up")
PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)

FIELDS = {
    "Opportunity": ["StageName", "NextStep", "Amount", "CloseDate"],
    "Lead": ["Name", "Industry", "NumberOfEmployees", "Website"],
    "Account": ["Name", "Phone", "Industry"],
}


def create_user(*, username: str = "", full_name: str = "", password: str = "") -> User:
    """Return a person; without a password nobody can sign in as them."""
    name = username or f"person-{next(_numbers)}"
    first, _, last = (full_name or name.title()).partition(" ")
    user = User(username=name, first_name=first, last_name=last, email=f"{name}@example.com")
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


def get_user(username: str) -> User:
    """Return the person of the cast with this name."""
    return User.objects.filter(username=username).first() or create_user(
        username=username, password=PASSWORD
    )


def create_role(
    *, slug: str = "", members: Iterable[User] = (), fallback: Role | None = None
) -> Role:
    """Return the role with this name, with these members added."""
    name = slug or f"role-{next(_numbers)}"
    role = Role.objects.filter(slug=name).first() or people.create_role(
        slug=name,
        title=name.replace("-", " ").capitalize(),
        description="",
        fallback=fallback,
        by=SETUP,
        at=AT,
    )
    for person in members:
        people.add_member(role=role, person=person, by=SETUP, at=AT)
    return role


def create_cast() -> dict[str, User]:
    """Return ada, ben, cleo, dora and eve, with the roles of the standard workflow filled."""
    cast = {name: get_user(name) for name in ("ada", "ben", "cleo", "dora", "eve")}
    owners = create_role(slug="ops-owner", members=[cast["dora"]])
    create_role(slug="deal-desk", members=[cast["ben"]], fallback=owners)
    create_role(slug="ae-manager", members=[cast["cleo"]], fallback=owners)
    return cast


def create_org(*, slug: str = "acme-prod", kind: str = OrgKind.SALESFORCE) -> Org:
    """Return the org with this name; connect it to the fake CRM with the fixture `crm`."""
    return (
        Org.objects.filter(slug=slug).first()
        or Org.objects.create(
            slug=slug,
            title=slug.replace("-", " ").title(),
            kind=kind,
            environment="prod",
            base_url="https://crm.example.com" if kind == OrgKind.SALESFORCE else "",
        )
    )  # fmt: skip


def create_workflow(
    *,
    slug: str = "deal-hygiene",
    source: str = "",
    org: Org | None = None,
    mode: str = "propose",
    owner: User | None = None,
) -> Workflow:
    """Return a workflow with one version in force; `source` may use {slug}, {org} and {owner}."""
    standard = (slug, source, org, owner) == ("deal-hygiene", "", None, None)
    if not (standard and standard_scene.put_up(lambda: _publish(slug, source, org, owner))):
        slug = _publish(slug, source, org, owner).workflow.slug
    # Going up needs a proposal and its gates; a test starts where it wants to start.
    Workflow.objects.filter(slug=slug).update(mode=mode)
    return Workflow.objects.get(slug=slug)


def _publish(slug: str, source: str, org: Org | None, owner: User | None) -> WorkflowVersion:
    create_cast()
    at_org = org or create_org()
    text = source or WORKFLOW
    if "{slug}" in text:
        owned_by = (owner or get_user("dora")).username
        text = text.format(slug=slug, org=at_org.slug, owner=owned_by)
    version = workflows.add_version(
        source=text, by=SETUP, at=AT, note="", check_condition=compile_condition
    )
    workflows.publish(version=version, reason="First version.", by=SETUP, at=AT)
    return version


def create_agent(
    *, slug: str = "", owner: User | None = None, active: bool = True, environment: str = "prod"
) -> Agent:
    """Return a registered agent that ada answers for."""
    name = slug or f"agent-{next(_numbers)}"
    agent = agents.register_agent(
        slug=name,
        title=name.replace("-", " ").capitalize(),
        description="",
        environment=environment,
        owner=owner or get_user("ada"),
        capabilities=[],
        by=SETUP,
        at=AT,
    )
    if active:
        agents.activate(agent=agent, by=SETUP, at=AT)
    return agent


def issue_key(*, agent: Agent, expires_at: dt.datetime | None = None) -> str:
    """Return the text of a new key of the agent."""
    expires = expires_at or AT + dt.timedelta(days=90)
    return agents.issue_key(agent=agent, expires_at=expires, by=SETUP, at=AT).text


def create_grant(
    *,
    agent: Agent,
    workflow: Workflow,
    object_name: str = "Opportunity",
    fields: Sequence[str] = (),
    operations: Sequence[str] = ("update",),
    record_filter: str = "",
    starts_at: dt.datetime = AT - dt.timedelta(days=1),
    ends_at: dt.datetime | None = None,
) -> Grant:
    """Return a grant in force since yesterday, over the fields of the standard workflow."""
    return agents.give_grant(
        agent=agent,
        workflow=workflow,
        object_name=object_name,
        fields=list(fields or FIELDS.get(object_name, ())),
        operations=list(operations),
        record_filter=record_filter,
        starts_at=starts_at,
        ends_at=ends_at,
        reason="The test needs it.",
        by=SETUP,
        at=AT,
    )


def create_granted_agent(*, workflow: Workflow, slug: str = "") -> Agent:
    """Return an active agent that may propose everything the standard workflow does."""
    agent = create_agent(slug=slug)
    create_grant(agent=agent, workflow=workflow)
    create_grant(
        agent=agent, workflow=workflow, object_name="Lead", operations=["update", "create"]
    )
    create_grant(
        agent=agent, workflow=workflow, object_name="Account", operations=["update", "delete"]
    )
    return agent
