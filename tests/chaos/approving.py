"""
People who decide, and an ops owner who looks after dead letters, for as long as they live.

    python -m tests.chaos.approving SEED
"""

import datetime as dt
import logging
import random
import sys
import time

import django

PAUSE_SECONDS = 0.1
MOST_AT_ONCE = 50
# An ops owner does not try for ever.
MOST_ATTEMPTS = 8
LONGEST_PAUSE = dt.timedelta(seconds=2)
logger = logging.getLogger(__name__)


def main() -> None:
    """Decide whatever waits, again and again; what dies below is tried again."""
    django.setup()
    # Models can be imported only now that Django is set up.
    from django.db import DatabaseError, InterfaceError, connections  # noqa: PLC0415

    source = random.Random(f"{sys.argv[1]} {time.time_ns()}")
    while True:
        try:
            _decide_all(source)
            _look_after_dead_letters(source)
            _try_paused_orgs()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("the database is away: %s", error)
            connections.close_all()
        time.sleep(PAUSE_SECONDS)


def _decide_all(source: random.Random) -> None:
    from approvals import decisions  # noqa: PLC0415
    from approvals.models import Review  # noqa: PLC0415
    from orchestrator.kernel import clock  # noqa: PLC0415
    from orchestrator.kernel.errors import DomainError  # noqa: PLC0415
    from orchestrator.people.models import User  # noqa: PLC0415

    ben = User.objects.get(username="ben")
    waiting = Review.objects.filter(state="open").order_by("due_at").select_related("proposal")
    for review in waiting[:MOST_AT_ONCE]:
        vote = source.choices(["approve", "deny", "send_back"], weights=[92, 4, 4])[0]
        try:
            decisions.decide(
                proposal_id=review.proposal_id,
                person=ben,
                vote=vote,
                digest=review.proposal.digest,
                reason_code="other" if vote == "deny" else "",
                text="" if vote == "approve" else "Is that so?",
                at=clock.now(),
                authenticated_at=clock.now(),
            )
        except DomainError as refusal:
            logger.warning("refused: %s", refusal)


def _look_after_dead_letters(source: random.Random) -> None:
    from orchestrator.commits import deadletters  # noqa: PLC0415
    from orchestrator.commits.models import Commit  # noqa: PLC0415
    from orchestrator.kernel import clock  # noqa: PLC0415
    from orchestrator.kernel.errors import DomainError  # noqa: PLC0415
    from orchestrator.people.models import User  # noqa: PLC0415

    dora = User.objects.get(username="dora")
    for commit in Commit.objects.filter(state="failed").order_by("pk")[:MOST_AT_ONCE]:
        again = commit.attempts < MOST_ATTEMPTS and source.random() < 2 / 3
        act = deadletters.requeue if again else deadletters.discard
        try:
            act(commit_id=commit.pk, reason="The storm has passed.", person=dora, at=clock.now())
        except DomainError as refusal:
            logger.warning("refused: %s", refusal)


def _try_paused_orgs() -> None:
    """Have a paused connection tried by hand, so that nobody waits for its next hour."""
    from orchestrator.commits import probing  # noqa: PLC0415
    from orchestrator.commits.gate import Gate  # noqa: PLC0415
    from orchestrator.kernel import clock  # noqa: PLC0415
    from orchestrator.kernel.errors import DomainError  # noqa: PLC0415
    from orchestrator.people.models import User  # noqa: PLC0415

    now = clock.now()
    by = User.objects.get(username="dora").actor
    paused = Gate.objects.filter(state="open", probe_at__gt=now).select_related("org")
    for gate in paused.filter(paused_at__lt=now - LONGEST_PAUSE):
        try:
            probing.try_now(gate=gate, reason="The storm has passed.", by=by, at=now)
        except DomainError as refusal:
            logger.warning("refused: %s", refusal)


if __name__ == "__main__":
    main()
