"""A backlog of approved changes behind the kill switch, so that all of it can start at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from approvals import decisions, submission
from approvals.content import Draft, DraftChange
from approvals.models import Proposal
from approvals.requesters import agent_requester
from orchestrator.bench.scene import Scene
from orchestrator.bench.waiting import until_prepared
from orchestrator.commits import fence
from orchestrator.commits.models import Halt
from orchestrator.kernel import clock

LONGEST_HALT = 30.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """Approved proposals that wait behind a halt, and the records they will write."""

    proposals: list[str]
    records: list[str]
    halt: Halt
    # The newest effect in the CRM before any of them.
    start: int


def build(scene: Scene, count: int) -> Backlog:
    """Halt everything, then submit, prepare and approve; four records share an account."""
    records, start = scene.crm.seed(count, per_account=4), scene.crm.last_effect()
    halt = pull(scene)
    requester = agent_requester(scene.agent)
    made = [
        submission.submit(
            draft=draft(scene, record),
            requester=requester,
            idempotency_key=f"backlog-{next(scene.keys)}",
            at=clock.now(),
        ).proposal.pk
        for record in records
    ]
    until_prepared(scene.here.env["DATABASE_URL"], made)
    _approve(scene, made)
    return Backlog(made, records, halt, start)


def pull(scene: Scene) -> Halt:
    """Halt everything, as a person does."""
    by = scene.people[0].actor
    return fence.halt(scope="all", value="", reason="Bench.", by=by, at=clock.now())


def confirm(halt: Halt) -> bool:
    """Wait until nothing is in flight."""
    return fence.confirm(halt=halt, at=clock.now(), wait=LONGEST_HALT)


def release(scene: Scene, halt: Halt) -> None:
    """Let writing go on, as two people do."""
    first, second, *_ = scene.people
    fence.ask_release(halt=halt, reason="Bench.", by=first.actor, at=clock.now())
    fence.release(halt=halt, by=second.actor, at=clock.now())


def _approve(scene: Scene, proposals: Sequence[str]) -> None:
    digests = dict(Proposal.objects.filter(pk__in=proposals).values_list("pk", "digest"))
    for proposal in proposals:
        decisions.decide(
            proposal_id=proposal,
            person=scene.people[0],
            vote="approve",
            digest=digests[proposal],
            reason_code="",
            text="",
            at=clock.now(),
            authenticated_at=clock.now(),
        )


def draft(scene: Scene, record: str) -> Draft:
    """Return a change of one record, as the agent of the bench asks for it."""
    return Draft(
        workflow=scene.workflow.slug,
        action="change_stage",
        reason_code="stalled_30d",
        reason_text="No activity on either side for 42 days.",
        evidence=({"kind": "url", "title": "Notes", "href": "https://notes.example.com/1"},),
        changes=[
            DraftChange(
                operation="update",
                object_name="Opportunity",
                record_id=record,
                fields={"StageName": "Qualification"},
            )
        ],
    )
