"""Storing what came of messages: attempts, the next try, and how their endpoints stand."""

import datetime as dt
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db import connection, transaction

from audit import ledger
from audit.ledger import NewEntry
from orchestrator.kernel import faultpoints
from orchestrator.kernel.actors import system
from orchestrator.kernel.bulk_rows import insert_rows
from orchestrator.webhooks import schedule
from orchestrator.webhooks.claiming import release
from orchestrator.webhooks.lanes import Result
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint, Notice
from orchestrator.webhooks.replies import Reply, Verdict
from orchestrator.webhooks.states import DeliveryState, EndpointState, Trouble

WEBHOOKS = system("webhooks")
GONE_WORDS = "It answered 410: it wants no more messages."
FAILING_WORDS = "No message came through for five days."
Share = Callable[[], float]
# One statement with one parameter, whatever the number of messages.
STORE = """
UPDATE webhooks_delivery d SET
    state = v.state, next_at = v.next_at, claimed_at = v.claimed_at, finished_at = v.finished_at,
    tries = v.tries, last_status = v.last_status, last_words = v.last_words
FROM jsonb_to_recordset(%s::jsonb) AS v(
    id text, state text, next_at timestamptz, claimed_at timestamptz, finished_at timestamptz,
    tries int, last_status smallint, last_words text)
WHERE d.id = v.id
"""


@transaction.atomic
def record(results: Sequence[Result], *, at: dt.datetime, share: Share = random.random) -> None:
    """Store results; what was not tried goes back to the queue as it was."""
    # Endpoints first, in one order everywhere; the claim locks them before their messages, too.
    endpoints = _locked({each.parcel.endpoint_id for each in results})
    release([each.parcel.delivery_id for each in results if each.reply is None], at=at)
    tried = [(each.parcel.delivery_id, each.reply) for each in results if each.reply is not None]
    insert_rows(Attempt, [_attempt(delivery_id, reply) for delivery_id, reply in tried])
    deliveries = Delivery.objects.select_for_update().defer("body").order_by("pk")
    rows = {row.pk: row for row in deliveries.filter(pk__in=[each for each, _ in tried])}
    dead: dict[str, list[Delivery]] = defaultdict(list)
    for delivery_id, reply in tried:
        row = rows[delivery_id]
        # Given up while it was tried, with its endpoint: that was said before.
        before = row.state
        _settle(row, reply, at, share())
        if row.state == DeliveryState.DEAD and before != DeliveryState.DEAD:
            dead[row.endpoint_id].append(row)
    _store(rows.values())
    for endpoint_id, replies in _by_endpoint(results).items():
        _judge(endpoints[endpoint_id], replies, at)
    _bury(endpoints, dead, at)
    faultpoints.reach("webhook_recorded")


def _store(rows: Iterable[Delivery]) -> None:
    values = [
        {
            "id": row.pk,
            "state": row.state,
            "next_at": row.next_at.isoformat() if row.next_at else None,
            "claimed_at": row.claimed_at.isoformat() if row.claimed_at else None,
            "finished_at": row.finished_at.isoformat() if row.finished_at else None,
            "tries": row.tries,
            "last_status": row.last_status,
            "last_words": row.last_words,
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [json.dumps(values)])


def _locked(endpoint_ids: Iterable[str]) -> dict[str, Endpoint]:
    rows = Endpoint.objects.select_for_update(of=("self",)).select_related("agent")
    found = rows.filter(pk__in=list(endpoint_ids)).defer("secret", "old_secret").order_by("pk")
    return {row.pk: row for row in found}


def _by_endpoint(results: Sequence[Result]) -> dict[str, list[Reply]]:
    found: dict[str, list[Reply]] = defaultdict(list)
    for each in results:
        if each.reply is not None:
            found[each.parcel.endpoint_id].append(each.reply)
    return found


def _attempt(delivery_id: str, reply: Reply) -> dict[str, object]:
    return {
        "delivery_id": delivery_id,
        "at": reply.at,
        "milliseconds": reply.milliseconds,
        "status": reply.status,
        "words": reply.words,
        "answer": reply.answer,
    }


def _settle(row: Delivery, reply: Reply, at: dt.datetime, share: float) -> None:
    """Decide what becomes of a message; a late answer to what was given back already counts too."""
    if row.state not in (DeliveryState.DELIVERING, DeliveryState.PENDING):
        return
    row.tries += 1
    row.last_status, row.last_words = reply.status, reply.words
    row.claimed_at = row.next_at = None
    if reply.verdict == Verdict.DELIVERED:
        row.state, row.finished_at = DeliveryState.DELIVERED, at
        return
    wait = schedule.next_wait(tries=row.tries, reply=reply, share=share)
    if wait is None:
        row.state, row.finished_at = DeliveryState.DEAD, at
    else:
        row.state, row.next_at = DeliveryState.PENDING, at + wait


def _judge(endpoint: Endpoint, replies: Sequence[Reply], at: dt.datetime) -> None:
    """Let an endpoint rest, pause or stop by what it made of its messages."""
    verdicts = {each.verdict for each in replies}
    if Verdict.DELIVERED in verdicts:
        if endpoint.failing_since is not None or endpoint.failures:
            _amend(endpoint, failing_since=None, failures=0, rests_until=None)
    else:
        _note_failure(endpoint, replies, at)
    if endpoint.state != EndpointState.ACTIVE:
        return
    if Verdict.GONE in verdicts:
        _stop(endpoint, EndpointState.DISABLED, Trouble.GONE, GONE_WORDS, at)
    elif endpoint.failing_since and endpoint.failing_since <= at - schedule.FAILING_TOO_LONG:
        _stop(endpoint, EndpointState.PAUSED, Trouble.FAILING, FAILING_WORDS, at)


def _note_failure(endpoint: Endpoint, replies: Sequence[Reply], at: dt.datetime) -> None:
    fields: dict[str, object] = {"failing_since": endpoint.failing_since or at}
    troubled = [each for each in replies if each.verdict == Verdict.TROUBLED]
    if troubled:
        fields["failures"] = endpoint.failures + 1
        rest = schedule.rest(failures=endpoint.failures + 1, reply=troubled[-1])
        fields["rests_until"] = at + rest
    _amend(endpoint, **fields)


def _amend(endpoint: Endpoint, **fields: object) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(**fields)
    for name, value in fields.items():
        setattr(endpoint, name, value)


def _stop(
    endpoint: Endpoint, state: EndpointState, trouble: Trouble, words: str, at: dt.datetime
) -> None:
    endpoint.move(state, state_reason=words)
    Notice.objects.create(endpoint=endpoint, trouble=trouble, at=at)
    ledger.record(
        event="webhook.stopped",
        by=WEBHOOKS,
        at=at,
        subject_kind="agent",
        subject_id=endpoint.agent_id,
        agent=endpoint.agent.slug,
        detail={"endpoint": endpoint.pk, "label": endpoint.label, "reason": words},
    )


def _bury(endpoints: dict[str, Endpoint], dead: dict[str, list[Delivery]], at: dt.datetime) -> None:
    """Tell of what was given up: to the ledger message by message, to the owner in one notice."""
    Notice.objects.bulk_create(
        Notice(endpoint=endpoints[endpoint_id], trouble=Trouble.DEAD, messages=len(rows), at=at)
        for endpoint_id, rows in dead.items()
        # Where it is gone, the notice of that says enough.
        if endpoints[endpoint_id].state != EndpointState.DISABLED
    )
    ledger.append(
        NewEntry(
            event="webhook.given_up",
            by=WEBHOOKS,
            at=at,
            subject_kind="agent",
            subject_id=endpoints[endpoint_id].agent_id,
            agent=endpoints[endpoint_id].agent.slug,
            proposal_id=row.subject_id if row.subject_id.startswith("prp_") else "",
            detail={
                "endpoint": endpoint_id,
                "message": row.pk,
                "event": row.event,
                "tries": row.tries,
                "words": row.last_words,
            },
        )
        for endpoint_id, rows in dead.items()
        for row in rows
    )
