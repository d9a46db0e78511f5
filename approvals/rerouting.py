"""Open reviews whose people went away: given back, counted anew, or sent on along the fallbacks."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from approvals import directory
from approvals.directory import Directory
from approvals.following import follow
from approvals.models import Decision, Proposal, Review
from approvals.rerouting_notices import tell_fallen_back, tell_unreachable
from approvals.routing import ALL, Placement
from approvals.states import ProposalState, ReviewState
from audit import ledger
from orchestrator.kernel.actors import system
from orchestrator.people import queries
from orchestrator.people.models import Role
from orchestrator.people.resolution import stand_in

REROUTING = system("rerouting")
BATCH = 200


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who may still decide one review, and who has."""

    proposal: Proposal
    review: Review
    # User names that fill no place any more: barred, voted, or stood in for.
    out: frozenset[str]
    cast: int

    def able(self, people: Directory, role: Role) -> int:
        """Return how many people of a role could still vote."""
        return len(people.able(role, self.out))

    def enough(self, people: Directory) -> bool:
        """Say whether those who are asked can still complete the quorum."""
        asked = people.able(self.review.role, self.out)
        if self.review.widened_to is not None:
            asked |= people.able(self.review.widened_to, self.out)
        return bool(asked) and len(asked) + self.cast >= self.review.quorum


def reroute_due(*, at: dt.datetime) -> int:
    """Look after every open review that nobody can decide any more; return how many moved."""
    _give_back(at)
    people = directory.load(at=at)
    short = _short_of_people(people)
    moved = 0
    for start in range(0, len(short), BATCH):
        moved += _move(short[start : start + BATCH], people, at)
    tell_unreachable(queries.unreachable_roles(at=at), at=at)
    return moved


@transaction.atomic
def _give_back(at: dt.datetime) -> None:
    """Give what was handed to one person back to the role when nobody fills their place."""
    away = queries.leaves(at=at)
    gone = [person for person in away if stand_in(person, away) is None]
    lost = Review.objects.filter(
        Q(assignee__is_active=False) | Q(assignee__in=gone),
        state=ReviewState.OPEN,
        assignee__isnull=False,
    )
    ids = list(lost.values_list("proposal_id", flat=True)[:BATCH])
    for proposal in _locked(ids):
        review = lost.filter(proposal=proposal).select_related("role", "assignee").first()
        if review is None or review.assignee is None:
            continue
        detail = {
            "stage": review.stage,
            "role": review.role.slug,
            "person": review.assignee.username,
            "why": "away" if review.assignee.is_active else "closed",
        }
        review.amend(assignee=None)
        follow(proposal, review, by=REROUTING, at=at)
        ledger.record(
            event="review.given_back", by=REROUTING, at=at, detail=detail, **proposal.subject()
        )


def _short_of_people(people: Directory) -> list[str]:
    """Return the proposals whose open review lacks people, as far as can be said at once."""
    roles = {role.pk: role for role in people.roles.values()}
    voted = Exists(Decision.objects.filter(revision=OuterRef("revision")))
    opened = Review.objects.filter(state=ReviewState.OPEN)
    kinds = opened.filter(~voted).values_list("role", "widened_to", "quorum", "proposal__barred")
    short = Q(pk__in=[])
    for role, widened, quorum, barred in set(_hashable(kinds)):
        asked = people.able(roles[role], barred)
        if widened is not None:
            asked |= people.able(roles[widened], barred)
        if len(asked) < quorum:
            short |= Q(role=role, widened_to=widened, quorum=quorum, proposal__barred=list(barred))
    # Those with votes are looked at one by one: who voted cannot vote again.
    return list(opened.filter(short | Q(voted)).values_list("proposal_id", flat=True))


def _hashable(
    kinds: Iterable[tuple[int, int | None, int, list[str]]],
) -> Iterable[tuple[int, int | None, int, tuple[str, ...]]]:
    for role, widened, quorum, barred in kinds.order_by().distinct():  # type: ignore[attr-defined]  # rows
        yield role, widened, quorum, tuple(barred)


@transaction.atomic
def _move(proposal_ids: list[str], people: Directory, at: dt.datetime) -> int:
    moved: list[tuple[Proposal, Review]] = []
    for proposal in _locked(proposal_ids):
        turnout = _turnout(proposal)
        if turnout is None or turnout.enough(people):
            continue
        placement = _placement(turnout, people)
        if placement is not None and _apply(turnout, placement, at):
            moved.append((turnout.proposal, turnout.review))
    tell_fallen_back(moved, people, at=at)
    return len(moved)


def _locked(proposal_ids: Iterable[str]) -> list[Proposal]:
    """Whoever decides on one of them right now wins; the next sweep looks again."""
    rows = Proposal.objects.filter(pk__in=list(proposal_ids), state=ProposalState.IN_REVIEW)
    locked = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    return list(locked.select_related("workflow", "agent"))


def _turnout(proposal: Proposal) -> Turnout | None:
    reviews = Review.objects.select_related("role", "widened_to")
    review = reviews.filter(proposal=proposal, state=ReviewState.OPEN).first()
    if review is None:
        return None
    votes = Decision.objects.filter(revision=review.revision_id)
    cast = list(votes.select_related("person", "on_behalf_of"))
    names = {vote.person.username for vote in cast}
    names |= {vote.on_behalf_of.username for vote in cast if vote.on_behalf_of}
    return Turnout(
        proposal=proposal,
        review=review,
        out=frozenset({*proposal.barred, *names}),
        cast=sum(1 for vote in cast if vote.review_id == review.pk),
    )


def _placement(turnout: Turnout, people: Directory) -> Placement | None:
    """Return the first role behind the one that was asked whose people can complete the stage."""
    review = turnout.review
    ways = (people.chain(review.role.slug), people.chain(review.policy["role"]))
    for role in (role for way in ways for role in way):
        able = turnout.able(people, role)
        every = review.policy["quorum"] == ALL
        needed = able + turnout.cast if every else review.quorum
        if able and able + turnout.cast >= needed:
            return Placement(role, needed)
    # Staff decide then, as long as nobody comes back: see people.queries.
    return None


def _apply(turnout: Turnout, placement: Placement, at: dt.datetime) -> bool:
    review = turnout.review
    left = review.role
    if placement.role.pk == left.pk:
        review.amend(quorum=placement.quorum)
        event = "review.counted_anew"
        detail = {"stage": review.stage, "role": left.slug, "quorum": placement.quorum}
    else:
        review.amend(role=placement.role, quorum=placement.quorum, assignee=None)
        follow(turnout.proposal, review, by=REROUTING, at=at)
        event = "review.fell_back"
        detail = {"stage": review.stage, "role": left.slug, "to_role": placement.role.slug}
    ledger.record(event=event, by=REROUTING, at=at, detail=detail, **turnout.proposal.subject())
    return placement.role.pk != left.pk
