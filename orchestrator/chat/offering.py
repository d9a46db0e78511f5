"""Putting cards into Slack, and saying on them how it ended."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from approvals.lines import label_of
from approvals.models import Decision, Proposal, Review
from approvals.states import ProposalState, ReviewState, Risk
from approvals.visibility import told_outside
from orchestrator.chat import showing, slack
from orchestrator.chat.models import Card, SlackAccount
from orchestrator.chat.states import CardState
from orchestrator.kernel import faultpoints
from orchestrator.kernel.states import StaleState

AT_ONCE = 100
LEASE = dt.timedelta(minutes=1)
FIRST_WAIT, MOST_ATTEMPTS = dt.timedelta(seconds=10), 6


def run(*, at_clock: Callable[[], dt.datetime]) -> int:
    """Queue cards for new reviews, end those whose review is over, and send what is due."""
    if not slack.is_on():
        return 0
    at = at_clock()
    _queue(at)
    _end(at)
    cards = _claimed(at)
    for card in cards:
        _send(card, at_clock())
    return len(cards)


def _queue(at: dt.datetime) -> None:
    """Make a card for everybody linked who may decide an open review of low risk."""
    accounts = list(SlackAccount.objects.select_related("person").filter(person__is_active=True))
    if not accounts:
        return
    reviews = Review.objects.filter(
        state=ReviewState.OPEN, proposal__risk=Risk.LOW, proposal__state=ProposalState.IN_REVIEW
    ).select_related("proposal")
    for account in accounts:
        seen = Card.objects.filter(account=account).values("review")
        for review in reviews.exclude(pk__in=seen).order_by("-opened_at", "-pk")[:AT_ONCE]:
            found = showing.showable(proposal_id=review.proposal_id, person=account.person, at=at)
            # A row also for what is not shown: nobody looks at it again.
            Card.objects.bulk_create(
                [
                    Card(
                        state=CardState.QUEUED if found else CardState.CLOSED,
                        review=review,
                        account=account,
                        digest=review.proposal.digest,
                        created_at=at,
                        due_at=at,
                    )
                ],
                ignore_conflicts=True,
            )


def _end(at: dt.datetime) -> None:
    over = Card.objects.filter(state=CardState.OFFERED).exclude(review__state=ReviewState.OPEN)
    over.update(state=CardState.ENDED, due_at=at, attempts=0)
    # One that is being posted right now is ended once it is there, or it would keep its button.
    waiting = Card.objects.filter(state=CardState.QUEUED, due_at__lte=at)
    waiting.exclude(review__state=ReviewState.OPEN).update(state=CardState.CLOSED)


@transaction.atomic
def _claimed(at: dt.datetime) -> list[Card]:
    waiting = Card.objects.filter(state__in=[CardState.QUEUED, CardState.ENDED])
    due = (waiting | Card.objects.exclude(answer="")).filter(due_at__lte=at)
    cards = list(
        due.order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]
    )
    for card in cards:
        card.amend(due_at=at + LEASE, attempts=card.attempts + 1)
    return cards


def _send(card: Card, at: dt.datetime) -> None:
    try:
        _say(card, at)
    except StaleState:
        # Somebody else ended it meanwhile; the next run says so.
        return


def _say(card: Card, at: dt.datetime) -> None:
    try:
        if card.answer:
            _whisper(card)
        elif card.state == CardState.QUEUED:
            _offer(card, at)
        else:
            _close(card)
    except slack.SlackFailed as failure:
        _put_off(card, str(failure), at)


def _offer(card: Card, at: dt.datetime) -> None:
    found = showing.showable(proposal_id=card.review.proposal_id, person=card.account.person, at=at)
    if found is None or found.proposal.digest != card.digest:
        card.move(CardState.CLOSED)
        return
    channel, message = slack.post(
        user_id=card.account.user_id,
        text="A change of low risk waits for you.",
        blocks=showing.offer(found),
    )
    faultpoints.reach("card.sent")
    card.move(CardState.OFFERED, channel=channel, message=message, error="")


def _close(card: Card) -> None:
    proposal = Proposal.objects.select_related("workflow").get(pk=card.review.proposal_id)
    slack.update(
        channel=card.channel,
        message=card.message,
        text="This change is decided.",
        blocks=showing.ended(
            proposal_id=proposal.pk,
            title=next(iter(told_outside(proposal, label_of(proposal))), "A change"),
            words=_how_it_ended(card.review),
        ),
    )
    card.move(CardState.CLOSED, error="")


def _whisper(card: Card) -> None:
    slack.whisper(channel=card.channel, user_id=card.account.user_id, text=card.answer)
    card.amend(answer="", error="")


def _how_it_ended(review: Review) -> str:
    votes = Decision.objects.filter(review=review).select_related("person").order_by("at", "pk")
    told = [f"{vote.person.display_name}: {vote.vote.replace('_', ' ')}" for vote in votes]
    state = Review.objects.values_list("state", flat=True).get(pk=review.pk)
    return f"{str(state).replace('_', ' ').capitalize()}. {', '.join(told)}".strip()


def _put_off(card: Card, error: str, at: dt.datetime) -> None:
    """Try again later; in the end leave it: the page and the other channels are not affected."""
    if card.attempts < MOST_ATTEMPTS:
        card.amend(due_at=at + FIRST_WAIT * 2**card.attempts, error=error)
    elif card.answer:
        card.amend(answer="", error=error)
    else:
        card.move(CardState.CLOSED, error=error)
