"""
Settling what workers left behind: dead ones, and writes that brought no answer.

A worker keeps its claim's lock while it lives. Whoever can take that lock knows that nobody works
on the claim any more: what was never sent goes back to the queue, and what was sent is settled by
reading the records back, once the write's own timeout has passed. Nothing is sent again blindly.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from orchestrator.commits import finishing, holds, locks, reading_back, transitions, unread, waking
from orchestrator.commits.batch import Item, load
from orchestrator.commits.breaker import Cause
from orchestrator.commits.isolation import together_or_alone
from orchestrator.commits.models import Commit
from orchestrator.commits.scopes import claim_key, settlement_key
from orchestrator.commits.settling import WORKER_LOST
from orchestrator.commits.states import CommitState
from orchestrator.commits.writing import write_timeout
from orchestrator.connectors.base import Connector
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel import faultpoints
from orchestrator.orgs.models import Org

MOST_AT_ONCE = 200
logger = logging.getLogger(__name__)
C = CommitState


def settle_stale(*, at: dt.datetime) -> int:
    """Settle every commit whose worker is dead or got no answer; return how many were moved."""
    moved = _take_from_the_dead(at)
    for org_id in holds.release_left():
        waking.wake(org_id)
    # The timeout of a sweep whose clock ran ahead begins now, not when everybody is there.
    lost = Commit.objects.filter(state=C.UNKNOWN, finished_at=None)
    lost.filter(orphaned_at__gt=at).update(orphaned_at=at)
    overdue = Commit.objects.filter(_to_read_back(at) | _to_finish(at))
    # Asking an org that refuses our sign-in could lock its user out; its probe asks, seldom.
    overdue = overdue.exclude(org__gate__cause=Cause.SIGN_IN)
    for org_id in list(overdue.order_by("org").values_list("org", flat=True).distinct()):
        with locks.kept(settlement_key(org_id)) as ours:
            if ours:
                moved += _settle_org(org_id, at)
    return moved


@transaction.atomic
def _take_from_the_dead(at: dt.datetime) -> int:
    """Take over the claims of dead workers: unsent commits are queued, sent ones are unknown."""
    stale = at - _stale_after()
    # A claim from the future is one of a clock that ran ahead: only its lock says who lives.
    old = Q(claimed_at__lt=stale) | Q(claimed_at__gt=at)
    rows = Commit.objects.filter(old, state=C.CLAIMED).order_by("claimed_at", "pk")
    items = _abandoned(rows.select_for_update(skip_locked=True, of=("self",)))
    for claim, of_claim in _by_claim(items).items():
        _give_back([item for item in of_claim if item.commit.sent_at is None], claim, at)
        sent = [item for item in of_claim if item.commit.sent_at is not None]
        text = "Its worker stopped while the write was under way; reading back settles it."
        transitions.lose_sight(sent, claim=claim, code=WORKER_LOST, text=text, at=at)
    holds.release([item.id for item in items])
    waking.wake_after_commit(item.org.pk for item in items)
    return len(items)


def _give_back(unsent: Sequence[Item], claim: str, at: dt.datetime) -> None:
    """Queue again what was never sent; what loses every worker that takes it up needs a person."""
    allowed = int(settings.COUNTERSIGN["commit_attempts"])
    spent = [item for item in unsent if item.commit.failures + 1 >= allowed]
    text = "Its worker stopped before anything was sent."
    error = ("", WORKER_LOST, text)
    again = [item for item in unsent if item not in spent]
    transitions.postpone(again, claim=claim, error=error, due_at=at, counts=True, at=at)
    error = ("transient", WORKER_LOST, f"{text} That happened to all of its {allowed} workers.")
    transitions.fail(spent, claim=claim, error=error, at=at)


def _settle_org(org_id: int, at: dt.datetime) -> int:
    rows = Commit.objects.filter(org=org_id).order_by("created_at", "pk")
    unread = load(rows.filter(_to_read_back(at))[:MOST_AT_ONCE])
    faultpoints.reach("before_settling")
    moved = 0
    try:
        connector = connector_for(Org.objects.get(pk=org_id))
        written: list[Item] = []
        read_back = partial(_read_back, connector, written=written, at=at)
        read = together_or_alone(unread, read_back, _ask_again(at))
        faultpoints.reach("after_settling")
        unfinished = _abandoned(rows.filter(_to_finish(at)))
        moved += len(read)
        for claim, of_claim in _by_claim([*written, *unfinished]).items():
            finish = partial(_finish, connector, claim=claim, at=at)
            done = together_or_alone(of_claim, finish, lambda item: None)
            moved += sum(1 for item in done if item not in read)
    except ConnectorError as error:
        logger.warning("commits of org %s cannot be read back yet: %s", org_id, error)
        for item in unread:
            _ask_again(at)(item)
    if unread:
        waking.wake(org_id)
    return moved


def _read_back(
    connector: Connector, items: Sequence[Item], *, written: list[Item], at: dt.datetime
) -> Sequence[Item]:
    """Record what reading back shows, and add what turns out to be written to `written`."""
    written += reading_back.record(reading_back.read(connector, items), at=at)
    return items


def _finish(
    connector: Connector, items: Sequence[Item], *, claim: str, at: dt.datetime
) -> Sequence[Item]:
    try:
        finishing.finish(connector, items, claim=claim, at=at)
    except ConnectorError as error:
        unread.note_trouble(items, error)
        raise
    return items


def _ask_again(at: dt.datetime) -> Callable[[Item], object]:
    """Return what puts off reading back by another timeout; until then nobody knows the outcome."""

    def put_off(item: Item) -> object:
        return Commit.objects.filter(pk=item.id, state=C.UNKNOWN).update(orphaned_at=at)

    return put_off


def _abandoned(rows: QuerySet[Commit]) -> list[Item]:
    """Load commits whose workers are gone: their claims' locks can be taken."""
    items = load(rows[:MOST_AT_ONCE])
    claims = sorted({item.commit.claim for item in items})
    with transaction.atomic():
        free = locks.try_each([claim_key(claim) for claim in claims])
    dead = {claim for claim, got in zip(claims, free, strict=True) if got}
    return [item for item in items if item.commit.claim in dead]


def _by_claim(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.commit.claim].append(item)
    return found


def _to_read_back(at: dt.datetime) -> Q:
    """Return which outcomes can be settled: the write's own timeout has passed."""
    return Q(state=C.UNKNOWN, finished_at=None, orphaned_at__lte=at - write_timeout())


def _to_finish(at: dt.datetime) -> Q:
    return Q(state=C.WRITTEN) & (Q(written_at__lt=at - _stale_after()) | Q(written_at__gt=at))


def _stale_after() -> dt.timedelta:
    return dt.timedelta(seconds=float(settings.COUNTERSIGN["stale_commit_seconds"]))
