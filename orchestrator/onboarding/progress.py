"""How far an installation has come: read from what is there, never from what somebody clicked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from approvals.models import Change, Proposal
from approvals.states import OPEN
from audit import queries as ledger
from audit.queries import Line
from orchestrator.agents.models import Agent, Grant, Key
from orchestrator.agents.states import AgentState
from orchestrator.onboarding.owners import FEWEST
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.modes import Mode
from orchestrator.workflows.staffing import DEFAULT_ROLE

TESTED = "org.tested"
# Beyond this an installation knows its way; the page offers the newest.
ORGS_SHOWN = WORKFLOWS_OFFERED = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there of everything that a first proposal needs."""

    orgs: Sequence[Org] = ()
    # The newest test of each org, by its name.
    tests: dict[str, Line] = field(default_factory=dict)
    owners: Sequence[User] = ()
    workflows: Sequence[Workflow] = ()
    # The workflow and the agent that the last steps are about.
    workflow: Workflow | None = None
    agent: Agent | None = None
    # The proposal by which the workflow is to go up, while it is open.
    going_up: str = ""
    key_works: bool = False
    proposal: Proposal | None = None

    @property
    def connected(self) -> bool:
        """Say whether an org is there whose last test, if there was one, did not fail."""
        return any(not self.failed(org) for org in self.orgs)

    @property
    def staffed(self) -> bool:
        """Say whether the two people are there that some things take."""
        return len(self.owners) >= FEWEST

    @property
    def asks(self) -> bool:
        """Say whether proposals of the workflow reach people."""
        return self.workflow is not None and self.workflow.mode != Mode.OBSERVE

    @property
    def equipped(self) -> bool:
        """Say whether an agent may propose in the workflow, and has a key that works."""
        return self.agent is not None and self.key_works

    @property
    def done(self) -> dict[str, bool]:
        """Return which steps are done, in their order."""
        return {
            "org": self.connected,
            "people": self.staffed,
            "workflow": self.workflow is not None,
            "mode": self.asks,
            "agent": self.equipped,
            "proposal": self.proposal is not None,
        }

    @property
    def org_lines(self) -> list[tuple[Org, Line | None]]:
        """Return each org with its newest test."""
        return [(org, self.tests.get(org.slug)) for org in self.orgs]

    def failed(self, org: Org) -> bool:
        """Say whether the last test of an org failed."""
        test = self.tests.get(org.slug)
        return test is not None and test.detail["outcome"] == "failed"


def progress_of(*, at: dt.datetime, workflow: str = "", agent: str = "") -> Progress:
    """Return how far it is, for these or else for the newest workflow and agent."""
    crm = Org.objects.exclude(kind=OrgKind.CONTROL)
    orgs = list(crm.defer("secret").order_by("-pk")[:ORGS_SHOWN])
    owners = User.objects.filter(groups__role__slug=DEFAULT_ROLE, is_active=True)
    flows = _workflows()
    chosen = next((each for each in flows if each.slug == workflow), flows[0] if flows else None)
    actor = _agent(chosen, agent, at) if chosen else None
    return Progress(
        orgs=orgs,
        tests=ledger.latest_events(kind="org", event=TESTED, ids=[org.slug for org in orgs]),
        owners=list(owners.order_by("username")),
        workflows=flows,
        workflow=chosen,
        agent=actor,
        going_up=_going_up(chosen) if chosen and chosen.mode == Mode.OBSERVE else "",
        key_works=bool(actor and getattr(actor, "key_works", False)),
        proposal=newest_proposal(actor.pk, chosen.pk) if actor and chosen else None,
    )


def newest_proposal(agent_id: str, workflow_id: int) -> Proposal | None:
    """Return the newest proposal of an agent in a workflow, if there is one."""
    rows = Proposal.objects.filter(agent=agent_id, workflow=workflow_id)
    return rows.order_by("-id").first()


def _workflows() -> list[Workflow]:
    rows = Workflow.objects.exclude(org__kind=OrgKind.CONTROL).exclude(current_version=None)
    return list(rows.select_related("org", "owner").order_by("-pk")[:WORKFLOWS_OFFERED])


def _agent(workflow: Workflow, wanted: str, at: dt.datetime) -> Agent | None:
    """Return the agent that may propose there: the one asked for, else the newest with a key."""
    mine = OuterRef("pk")
    holding = Grant.objects.filter(agent=mine, workflow=workflow, starts_at__lte=at)
    holding = holding.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    working = Key.objects.filter(agent=mine, revoked_at__isnull=True, expires_at__gt=at)
    rows = Agent.objects.filter(Exists(holding), state=AgentState.ACTIVE)
    rows = rows.annotate(key_works=Exists(working)).select_related("owner")
    return (
        rows.filter(pk=wanted).first() or rows.order_by("-key_works", "-created_at", "-pk").first()
    )


def _going_up(workflow: Workflow) -> str:
    asked = Change.objects.filter(
        object_name="Workflow",
        record_id=workflow.slug,
        revision__proposal__action="change_mode",
        revision__proposal__state__in=list(OPEN),
    )
    return asked.values_list("revision__proposal", flat=True).first() or ""
