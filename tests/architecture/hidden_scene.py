"""Everything that can happen to a field that is kept, and people who may and may not see it."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import Permission

from approvals.content import Draft
from approvals.models import Proposal
from orchestrator.commits.models import Commit
from orchestrator.connectors.base import RecordKey
from orchestrator.connectors.errors import Rejected
from orchestrator.observation import enrolment, looking
from orchestrator.observation.models import Observation
from orchestrator.people.models import User
from orchestrator.people.operations import grant_right
from orchestrator.people.rights import Right
from orchestrator.reconciliation.models import Reconciliation
from orchestrator.rollbacks.models import Rollback
from orchestrator.workflows.models import Workflow
from tests.commits.scene import drain, opportunity
from tests.factories import (
    AT,
    SETUP,
    create_draft,
    create_granted_agent,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
    vote_on,
)
from tests.fake_connector import FakeCrm
from tests.observation.scene import DAY
from tests.reconciliation.scene import reconcile
from tests.rollbacks.scene import ask, look, prepare, rick
from tests.sight import keep, show, take

# Words that stand nowhere else: what was there, what is proposed, what somebody typed later.
OLD, NEW, LATER = "Quagga4711old", "Okapi9932new", "Tapir5518later"
CANARIES = (OLD, NEW, LATER)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where the canaries are, one of each."""

    workflow: Workflow
    waiting: Proposal
    committed: Proposal
    failed: Commit
    observed: Proposal
    rollback: Rollback
    run: Reconciliation
    blind: User
    seer: User

    @property
    def proposals(self) -> list[str]:
        """Return every proposal that there is."""
        return list(Proposal.objects.values_list("pk", flat=True))

    @property
    def commits(self) -> list[str]:
        """Return every commit that there is."""
        return list(Commit.objects.values_list("pk", flat=True))


def draft(record_id: str) -> Draft:
    """Return a draft in which everything that an agent may write gives the values away."""
    return create_draft(
        record_id=record_id,
        fields={"NextStep": NEW},
        reason_text=f"It said {OLD}; {NEW} fits better.",
        title=f"Set the next step to {NEW}",
        confidence=Decimal("0.9"),
        evidence=(
            {"kind": "quote", "title": f"Mail about {NEW}", "quote": f"Take {NEW.lower()}, please.",
             "href": "",
             "supports": ["/changes/0/fields/NextStep"]},
            {"kind": "url", "title": f"Notes on {OLD}", "href": "https://notes.example.com/1"},
        ),
    )  # fmt: skip


def person(username: str, workflow: Workflow, *rights: Right) -> User:
    """Return staff who may go everywhere and decide for the deal desk, with these rights too."""
    user = create_user(username=username)
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_entry"))
    role = create_role(slug=f"{username}-role", members=[user])
    for right in (Right.VIEW, Right.DECIDE, Right.ADMINISTER, *rights):
        grant_right(role=role, workflow=workflow, right=right, by=SETUP, at=AT)
    create_role(slug="ops-owner", members=[user])
    create_role(slug="deal-desk", members=[user])
    return user


def hidden_scene(crm: FakeCrm) -> Scene:
    """Return the scene: the next step of an opportunity is sensitive."""
    workflow = keep(create_workflow(), NextStep="sensitive")
    create_granted_agent(workflow=workflow, slug="hygiene-agent")
    seer = person("sina", workflow, Right.VIEW_SENSITIVE)
    rick()
    show(workflow, "deal-desk", Right.VIEW_SENSITIVE)
    keys = [opportunity(crm, number, NextStep=OLD) for number in range(1, 7)]
    committed = create_proposal(state="approved", draft=draft(keys[0].record_id))
    drain()
    rollback = ask(look(committed.pk))
    prepare()
    create_proposal(state="approved", draft=draft(keys[5].record_id))
    drain()
    crm.edit(keys[5], NextStep=LATER)
    run = reconcile()
    failed = _failed(crm, keys[1].record_id)
    observed = _observed(crm, workflow, keys[2].record_id)
    denied = create_proposal(draft=draft(keys[4].record_id))
    vote_on(proposal=denied, vote="deny", text=f"Not {NEW}.")
    waiting = create_proposal(draft=draft(keys[3].record_id))
    blind = person("bela", workflow)
    take(workflow, "deal-desk", Right.VIEW_SENSITIVE)
    return Scene(
        workflow=workflow,
        waiting=waiting,
        committed=committed,
        failed=failed,
        observed=observed,
        rollback=rollback,
        run=run,
        blind=blind,
        seer=seer,
    )


def _failed(crm: FakeCrm, record_id: str) -> Commit:
    proposal = create_proposal(state="approved", draft=draft(record_id))
    crm.fail_writes = Rejected(f"NextStep: {NEW} is not a step", crm_code="INVALID_FIELD")
    drain()
    crm.fail_writes = None
    return Commit.objects.get(proposal=proposal, state="failed")


def _observed(crm: FakeCrm, workflow: Workflow, record_id: str) -> Proposal:
    Workflow.objects.filter(pk=workflow.pk).update(mode="observe")
    proposal = create_proposal(state="observed", draft=draft(record_id))
    Workflow.objects.filter(pk=workflow.pk).update(mode="propose")
    enrolment.enrol(at=AT)
    crm.edit(RecordKey("Opportunity", record_id), NextStep=LATER)
    looking.look_due(at=AT + 8 * DAY)
    assert Observation.objects.exists()
    return proposal
