"""How the tests approve a part of a proposal, or edits in it."""

import datetime as dt

from approvals import altering, decisions
from approvals.alteration import Kept
from approvals.altering import Wish
from approvals.models import Proposal, Revision
from tests.factories import (
    AT,
    create_cast,
    create_draft,
    create_granted_agent,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
    get_user,
)

SOON = AT + dt.timedelta(minutes=5)
BOTH = {"StageName": "Proposal", "NextStep": "Call them"}
BOUNDED = """
workflow: {slug}
title: Deal hygiene
org: {org}
owner: {owner}
actions:
  change_stage:
    object: Opportunity
    fields:
      StageName: {{ allowed: [Prospecting, Qualification, Proposal] }}
      Amount: {{ max_change_pct: 40 }}
      NextStep: {{}}
    policy: human_in_loop
    PARTS
    EDITS
    stages:
      - {{ role: deal-desk, quorum: QUORUM }}
      - {{ role: ae-manager, quorum: 1, when: "change.new.Amount > 25000.0" }}
sla: {{ decide_within: 4 hours, execute_within: 24 hours }}
"""


def workflow(*, parts: str = "", edits: str = "", quorum: str = "1", with_bea: bool = False):
    """Return a workflow whose one action says who approves parts and edits."""
    create_cast()
    if with_bea:
        create_role(slug="deal-desk", members=[create_user(username="bea")])
    source = BOUNDED.replace("PARTS", f"parts: {parts}" if parts else "reversible: true")
    source = source.replace("    EDITS\n", f"    edits: {edits}\n" if edits else "")
    made = create_workflow(source=source.replace("QUORUM", quorum))
    create_granted_agent(workflow=made, slug="hygiene-agent")
    return made


def asked(**fields) -> Proposal:
    """Return a proposal in review that asks for these values."""
    return create_proposal(draft=create_draft(fields=fields or BOTH))


def stored(proposal: Proposal) -> Proposal:
    """Return the proposal as it stands now."""
    return Proposal.objects.get(pk=proposal.pk)


def latest(proposal: Proposal) -> Revision:
    """Return the revision that people decide on."""
    return Revision.objects.filter(proposal=proposal).latest("number")


def wish(*kept, reason="wrong_value", text="The buyer said so.") -> Wish:
    """Return what somebody wants instead: for each change its values, or None for a leave-out."""
    found = [Kept(number, values) for number, values in enumerate(kept) if values is not None]
    return Wish(kept=found, reason_code=reason, text=text)


def checked(proposal: Proposal, wanted: Wish, *, at=SOON) -> str:
    """Return the digest that a person is shown before they send it."""
    whole = Proposal.objects.select_related("workflow__org", "version", "agent__owner")
    found = whole.get(pk=proposal.pk)
    told = altering.described(found)
    return altering.draw_up(proposal=found, wish=wanted, described=told, at=at).digest


def alter(proposal: Proposal, wanted: Wish, who="ben", *, at=SOON, seen="", digest="", **more):
    """Approve what `wanted` makes of the proposal, as a person who has looked at it."""
    return decisions.approve_altered(
        proposal_id=proposal.pk,
        person=get_user(who) if isinstance(who, str) else who,
        digest=digest or proposal.digest,
        wish=wanted,
        checked=seen or checked(proposal, wanted, at=at),
        at=at,
        authenticated_at=at,
        **more,
    )
