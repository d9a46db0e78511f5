"""One decision on many proposals: taken up at once, cast by workers, stopped by its person."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from approvals.attention.bulk_paces import keep_paces
from approvals.bulk_checks import Held, held
from approvals.decisions import BadDecision, ReasonNeeded, TextNeeded
from approvals.eligibility import Chosen, Line, preflight
from approvals.models import BulkDecision, BulkItem
from approvals.states import BulkItemState, BulkState, DenyReason, Vote
from audit import ledger
from orchestrator.kernel import faultpoints, wakeups
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound
from orchestrator.people.models import User

MOST_ITEMS, LONGEST_DIGEST = 1000, 80
DECIDE = "decide-bulk"
KEY_ONCE = "bulk_decision_key_once"


class BadBulkDecision(DomainError):
    """There is nothing to decide at once, or too much of it."""

    code, status, title = "bad_bulk_decision", 422, "It cannot be decided at once"


@transaction.atomic
def start(
    *,
    person: User,
    vote: str,
    chosen: Sequence[Chosen],
    reason_code: str = "",
    text: str = "",
    title: str = "",
    origin: str = "",
    shown: str = "",
    key: str,
    at: dt.datetime,
) -> BulkDecision:
    """
    Take a person's decision on many proposals; workers then cast it item by item.

    The same `key` of the same person starts one bulk decision, however often it is sent. `shown` is
    the form's note of when this very list was shown.

    :raises BadBulkDecision: if nothing is chosen, or more than MOST_ITEMS, or what they may not see
    :raises BadDecision: if a text or a reason is missing
    """
    _check(vote, chosen, reason_code, text)
    known = BulkDecision.objects.filter(person=person, key=key).first()
    if known is not None:
        return known
    lines = _seen(person, chosen, vote, text, at)
    bulk, new = _stored(
        person=person,
        vote=vote,
        reason_code=reason_code if vote == Vote.DENY else "",
        text=text.strip(),
        title=title[:200],
        origin=origin[:200],
        key=key,
        total=len(chosen),
        created_at=at,
        **_pace_of(held(person=person, chosen=chosen, lines=lines, shown=shown, at=at)),
    )
    if not new:
        return bulk
    BulkItem.objects.bulk_create(
        BulkItem(bulk=bulk, position=position, proposal_id=each.proposal_id, digest=each.digest)
        for position, each in enumerate(chosen)
    )
    _record(bulk, "bulk.started", at, vote=vote, items=bulk.total, text=bulk.text)
    faultpoints.reach("inside_bulk_start")
    transaction.on_commit(wake)
    return bulk


def _pace_of(before: Held | None) -> dict[str, dt.timedelta | None]:
    """Return how long the list was looked at, and how long reading it takes."""
    if before is None:
        return {"took": None, "least": None, "takes": None}
    return {"took": before.took, "least": before.material.least, "takes": before.material.takes}


@transaction.atomic
def stop(*, bulk_id: str, person: User, at: dt.datetime) -> BulkDecision:
    """
    Stop a bulk decision: what was decided stands, the rest stays as it was.

    :raises NotFound: if there is no such bulk decision
    :raises NotAllowed: if it is somebody else's
    """
    bulk = BulkDecision.objects.select_for_update().filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound("There is no such bulk decision.")
    if bulk.person_id != person.pk:
        raise NotAllowed("Only whoever started it can stop it.")
    if bulk.state == BulkState.RUNNING:
        bulk.move(BulkState.STOPPED, finished_at=at)
        keep_paces(bulk)
        _record(bulk, "bulk.finished", at, stopped=True, **_counts(bulk))
    return bulk


@transaction.atomic
def finish(bulk: BulkDecision, *, at: dt.datetime) -> None:
    """Close a bulk decision of which nothing waits, once; leave it to whoever has it in hand."""
    rows = BulkDecision.objects.select_for_update(of=("self",), skip_locked=True)
    locked = rows.filter(pk=bulk.pk, state=BulkState.RUNNING).select_related("person").first()
    if locked is None or progress(locked)[BulkItemState.WAITING]:
        return
    locked.move(BulkState.FINISHED, finished_at=at)
    keep_paces(locked)
    _record(locked, "bulk.finished", at, stopped=False, **_counts(locked))


def progress(bulk: BulkDecision) -> Counter[str]:
    """Return how many items are waiting, decided and refused."""
    return Counter(BulkItem.objects.filter(bulk=bulk).values_list("state", flat=True))


def wake() -> None:
    """Wake a worker; the sweep finds what a lost wake-up leaves."""
    wakeups.wake(DECIDE)


def _check(vote: str, chosen: Sequence[Chosen], reason_code: str, text: str) -> None:
    if vote not in (Vote.APPROVE, Vote.DENY):
        raise BadBulkDecision("Many proposals are approved or denied at once, nothing else.")
    if not chosen:
        raise BadBulkDecision("Choose at least one proposal.")
    if len(chosen) > MOST_ITEMS:
        raise BadBulkDecision(f"At most {MOST_ITEMS} at once; decide the others after that.")
    if len({each.proposal_id for each in chosen}) != len(chosen):
        raise BadBulkDecision("A proposal stands in the list twice.")
    if "\x00" in text:
        raise BadDecision("The text holds a character that cannot be kept: type it again.")
    if vote == Vote.DENY and not text.strip():
        raise TextNeeded("Say why, for the people behind the agents.")
    if vote == Vote.DENY and reason_code not in DenyReason.values():
        raise ReasonNeeded(f"Choose a reason: {', '.join(DenyReason.values())}.")


def _stored(*, person: User, key: str, **values: object) -> tuple[BulkDecision, bool]:
    """Return the bulk decision of this key, and whether it is new: two forms may come at once."""
    try:
        with transaction.atomic():
            return BulkDecision.objects.create(person=person, key=key, **values), True
    except IntegrityError as clash:
        if KEY_ONCE not in str(clash):
            raise
        return BulkDecision.objects.get(person=person, key=key), False


def _seen(
    person: User, chosen: Sequence[Chosen], vote: str, text: str, at: dt.datetime
) -> list[Line]:
    """Take up nothing that the person may not know of: its result would name the record."""
    if any(len(each.digest) > LONGEST_DIGEST for each in chosen):
        raise BadBulkDecision("What was chosen makes no sense: choose it again.")
    lines = preflight(person=person, chosen=chosen, vote=vote, text=text, at=at)
    if any(line.proposal is None for line in lines):
        raise BadBulkDecision("Something that was chosen is not yours to see: look again.")
    return lines


def _counts(bulk: BulkDecision) -> dict[str, int]:
    counts = progress(bulk)
    return {
        "decided": counts[BulkItemState.DECIDED],
        "refused": counts[BulkItemState.REFUSED],
    }


def _record(bulk: BulkDecision, event: str, at: dt.datetime, **detail: object) -> None:
    ledger.record(
        event=event,
        by=bulk.person.actor,
        at=at,
        subject_kind="bulk_decision",
        subject_id=bulk.pk,
        detail=detail,
    )
