"""What the tests of rollbacks share: changes that were written, and what it takes to undo them."""

import datetime as dt
import itertools

from approvals import preparation
from approvals.models import Proposal
from approvals.states import Vote
from orchestrator.commits.models import Commit
from orchestrator.people.models import User
from orchestrator.rollbacks.models import Rollback
from orchestrator.rollbacks.previews import Preview, preview
from orchestrator.rollbacks.requesting import Wish, request
from orchestrator.rollbacks.selection import Kind, Selection
from tests.commits.scene import SOON, approve, drain
from tests.factories import create_role, get_user, vote_on

LATER = SOON + dt.timedelta(minutes=10)
_tokens = itertools.count(1)


def rick() -> User:
    """Return an ops owner who asks for rollbacks; dora, another one, may decide on them."""
    person = get_user("rick")
    if not person.groups.exists():
        create_role(slug="ops-owner", members=[person])
    return person


def write(key, *, at: dt.datetime = SOON, **fields) -> Proposal:
    """Return a change of an opportunity that was approved and written."""
    proposal = approve(key, at=at, **fields)
    drain(at)
    return committed(proposal)


def committed(proposal: Proposal) -> Proposal:
    found = Proposal.objects.get(pk=proposal.pk)
    assert found.state == "committed", f"{found.state}: {found.outcome_text}"
    return found


def look(
    value: str = "", kind: str = Kind.PROPOSAL, *, person: User | None = None, **window
) -> Preview:
    """Return what taking this back would do."""
    wanted = Selection(kind=kind, value=value or "deal-hygiene", **window)
    return preview(selection=wanted, person=person or rick())


def ask(
    seen: Preview,
    *,
    ticked=(),
    person: User | None = None,
    token: str = "",
    at: dt.datetime = LATER,
) -> Rollback:
    """Ask for what was looked at."""
    wish = Wish(
        selection=seen.selection,
        ticked=set(ticked),
        seen=seen.seen,
        reason="The agent read the wrong list.",
        token=token or f"token-{next(_tokens)}",
    )
    return request(wish=wish, person=person or rick(), at=at)


def parts_of(rollback: Rollback) -> list[Proposal]:
    """Return the proposals of a rollback as they are stored."""
    return list(Proposal.objects.filter(rollback_part__rollback=rollback).order_by("pk"))


def prepare(at: dt.datetime = LATER) -> None:
    while preparation.prepare_due(at=at):
        continue


def carry_out(rollback: Rollback, at: dt.datetime = LATER) -> list[Proposal]:
    """Have the parts of a rollback approved by whoever may, and written."""
    prepare(at)
    for proposal in parts_of(rollback):
        assert proposal.state == "in_review", f"{proposal.state}: {proposal.outcome_text}"
        vote_on(proposal=proposal, at=at, text="Take it back.")
    drain(at)
    return parts_of(rollback)


def take_back(proposal: Proposal, **more) -> list[Proposal]:
    """Roll one proposal back from the first look to the last write."""
    return carry_out(ask(look(proposal.pk), **more))


def refuse(proposal: Proposal, at: dt.datetime = LATER) -> None:
    vote_on(proposal=proposal, vote=Vote.DENY, at=at)


def commit_of(proposal: Proposal) -> Commit:
    return Commit.objects.filter(proposal=proposal).latest("created_at")
