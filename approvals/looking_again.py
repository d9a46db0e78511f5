"""What an open page asks again: which of its rows still wait, what came, how much there is."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from approvals import aftermath, inbox, sources
from approvals.aftermath import LastVote, Standing
from approvals.desk import Desk
from approvals.filters import EVERYTHING, Filters
from approvals.inbox import COUNT_LIMIT, OPEN_TABS, Counts, Tab
from approvals.models import Decision, Proposal, Review
from approvals.pulse import seen
from approvals.states import ProposalState, ReviewState
from approvals.watching import seen_by
from audit import queries as ledger
from orchestrator.kernel.ids import earliest_proposal_id
from orchestrator.live.presence import who_looks_at
from orchestrator.people.models import User

# More rows than this stand on no page.
MOST_SHOWN = 200
# A review's moment is a little older than the commit that shows it, and its proposal's older still.
SLACK, PREPARING = dt.timedelta(seconds=3), dt.timedelta(minutes=10)
# Used up so far, a due time is close: the same as on the pages.
SOON = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class OnScreen:
    """What the asking page shows."""

    tab: str
    filters: Filters
    shown: Sequence[str]
    # Of these it was told since.
    named: Sequence[str]
    since: dt.datetime | None


def look_at_inbox(*, desk: Desk, screen: OnScreen, at: dt.datetime) -> dict[str, Any]:
    """Return what differs from what the page shows, in words that it can show as they are."""
    counts = _counts(inbox.counts(desk=desk, at=at))
    if screen.tab not in OPEN_TABS:
        return {"counts": counts, "new": 0}
    waiting = Review.objects.filter(
        sources.conditions(inbox.sources_of(desk, screen.tab, EVERYTHING)), state=ReviewState.OPEN
    ).order_by()
    there = {
        key: _due(opened_at, due_at, at)
        for key, opened_at, due_at in waiting.filter(proposal__in=screen.shown).values_list(
            "proposal_id", "opened_at", "due_at"
        )
    }
    gone = _gone([key for key in screen.shown if key not in there], desk)
    readers = who_looks_at([*there, *gone], but=desk.person.username, at=at)
    return {
        "counts": counts,
        "new": _new(waiting, screen),
        "settled": {
            key: aftermath.words(standing, reader=desk.person.username, at=at)
            for key, standing in gone.items()
        },
        "due": {key: word for key, word in there.items() if word},
        "here": {key: [each.name for each in found] for key, found in readers.items()},
    }


def look_at_proposal(
    *, proposal_id: str, person: User, revision: int, at: dt.datetime
) -> dict[str, Any]:
    """
    Return where a proposal stands, for a person who has one of its revisions on the screen.

    :raises NotFound: if there is none, or the person may not know of it
    """
    proposal = seen_by(person, proposal_id, at=at)
    waits = Review.objects.filter(proposal=proposal, state=ReviewState.OPEN).exists()
    standing = _standing(proposal, _last_votes([proposal.pk]).get(proposal.pk))
    newer = proposal.revision_number != revision
    told = "A new revision is here" if newer else ""
    if waits and standing.last is None:
        told = told or "Something new was said or done here"
    readers = who_looks_at([proposal.pk], but=person.username, at=at).get(proposal.pk, [])
    return {
        "seen": seen(proposal, entry=ledger.latest(proposal.pk)),
        "over": newer or not waits,
        "words": told or aftermath.words(standing, reader=person.username, at=at),
        "here": [each.name for each in readers],
    }


def _new(waiting: QuerySet[Review], screen: OnScreen) -> int:
    """Return how many came that the page does not show; nobody watches what is searched for."""
    if screen.filters.text:
        return 0
    came = Q(proposal__in=screen.named)
    if screen.since is not None:
        # By the proposal's id, which an index knows: the moment of opening none does.
        first = earliest_proposal_id(screen.since - PREPARING)
        came |= Q(proposal_id__gt=first, opened_at__gt=screen.since - SLACK)
    found = waiting.filter(came, screen.filters.of_reviews()).exclude(proposal__in=screen.shown)
    return len(found.values_list("pk")[:COUNT_LIMIT])


def _counts(counts: Counts) -> dict[str, str]:
    numbers = {Tab.MINE: counts.mine, Tab.TEAM: counts.team, Tab.ALL: counts.everything}
    return {str(tab): _capped(number) for tab, number in numbers.items()}


def _capped(number: int) -> str:
    return f"{COUNT_LIMIT - 1}+" if number >= COUNT_LIMIT else str(number)


def _due(opened_at: dt.datetime | None, due_at: dt.datetime | None, at: dt.datetime) -> str:
    if due_at is None or opened_at is None:
        return ""
    if at >= due_at:
        return "late"
    return "soon" if at - opened_at >= SOON * (due_at - opened_at) else ""


def _gone(proposals: Collection[str], desk: Desk) -> dict[str, Standing]:
    """Return how those stand that are not on the list any more, if the person may know of them."""
    if not proposals:
        return {}
    rows = Proposal.objects.filter(pk__in=proposals)
    by_duty = Q(reviews__role__in=desk.roles) | Q(reviews__assignee=desk.person)
    rows = rows.filter(Q(workflow__in=desk.workflows) | by_duty).distinct()
    found = {each.pk: each for each in rows.only("pk", "state", "prepare_at")}
    votes = _last_votes(found)
    return {key: _standing(each, votes.get(key)) for key, each in found.items()}


def _standing(proposal: Proposal, last: LastVote | None) -> Standing:
    preparing = proposal.state == ProposalState.IN_REVIEW and proposal.prepare_at is not None
    return Standing(state=str(proposal.state), preparing=preparing, last=last)


def _last_votes(proposals: Collection[str]) -> Mapping[str, LastVote]:
    votes = (
        # What was said of an earlier revision counts for nothing now.
        Decision.objects.filter(
            revision__proposal__in=proposals,
            revision__number=F("revision__proposal__revision_number"),
        )
        .select_related("person", "revision")
        .order_by("revision__proposal_id", "-at", "-pk")
        .distinct("revision__proposal_id")
    )
    return {
        each.revision.proposal_id: LastVote(
            person=each.person.username,
            name=each.person.display_name,
            vote=str(each.vote),
            at=each.at,
        )
        for each in votes
    }
