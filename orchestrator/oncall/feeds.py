"""Layers whose shifts come from another program: uploaded, or fetched from an address."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction

from audit import ledger
from orchestrator.kernel.actors import Actor, system
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound
from orchestrator.oncall.calendar_reading import BadCalendar, Entry, matched, read
from orchestrator.oncall.editing import layer_at, lock, next_position
from orchestrator.oncall.fetching import fetch
from orchestrator.oncall.models import Feed, ImportedShift, Layer, Schedule
from orchestrator.oncall.permissions import may_set_address
from orchestrator.oncall.states import LayerKind
from orchestrator.people.models import User
from orchestrator.webhooks.addresses import endpoint_address

READER = system("on-call")
logger = logging.getLogger(__name__)
AHEAD = dt.timedelta(days=92)
# A web calendar changes; an uploaded one only has further weeks to unfold.
EVERY_ADDRESS, EVERY_FILE = dt.timedelta(minutes=30), dt.timedelta(hours=12)
AFTER_A_FAILURE = dt.timedelta(minutes=10)
# Longer than a fetch can take: nobody else fetches what a worker is at.
CLAIM = dt.timedelta(minutes=5)
AT_ONCE = 10
ALL_DAY_START = dt.time()


class NothingToRead(DomainError):
    """A feed is a file or an address."""

    code, status, title = "nothing_to_read", 422, "Choose a file or enter an address"


@transaction.atomic
def connect(
    *,
    schedule: Schedule,
    title: str,
    text: str,
    url: str,
    reason: str,
    by: User,
    at: dt.datetime,
    number: int | None = None,
) -> Feed:
    """
    Take a new layer's shifts, or layer `number`'s, from a calendar's text or from an address.

    An address is fetched soon by a worker, never by a page.

    :raises NothingToRead: if there is neither
    :raises NotAllowed: if somebody who is not staff enters an address
    :raises BadCalendar: if the text cannot be read; everything stays as it was
    """
    if bool(text) == bool(url):
        raise NothingToRead("One of the two: a file to upload, or an address to fetch.")
    if url and not may_set_address(by):
        raise NotAllowed("Only staff let us fetch a calendar from an address. Upload a file.")
    locked = lock(schedule)
    feed = _feed(locked, title, number, at)
    feed.url = endpoint_address(url) if url else ""
    feed.due_at = at
    feed.save()
    unmatched = _take(feed, text, at) if text else []
    _record(
        feed,
        "connected",
        by.actor,
        at,
        shifts=feed.shifts.count(),
        unmatched=unmatched,
        reason=reason,
    )
    return feed


def refresh_due(*, at_clock: Callable[[], dt.datetime]) -> int:
    """Read every feed that is due again; return how many. A bad one keeps its last good shifts."""
    feeds = _claimed(at_clock())
    for feed in feeds:
        try:
            text = fetch(feed.url) if feed.url else feed.content
            _refreshed(feed, text, at_clock())
        except BadCalendar as problem:
            _failed(feed, problem.detail, at_clock())
        except Exception:
            # One calendar that breaks what reads it keeps no other one waiting.
            logger.exception("the calendar of the feed %s could not be read", feed.pk)
            _failed(feed, "It broke our reader of calendars.", at_clock())
    return len(feeds)


@transaction.atomic
def _claimed(at: dt.datetime) -> list[Feed]:
    rows = Feed.objects.filter(due_at__lte=at, layer__in_force_until=None)
    due = list(
        rows.select_related("layer__schedule__role")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at")[:AT_ONCE]
    )
    for feed in due:
        feed.due_at = at + CLAIM
    Feed.objects.bulk_update(due, ["due_at"])
    return due


@transaction.atomic
def _refreshed(feed: Feed, text: str, at: dt.datetime) -> None:
    if not _still_claimed(feed):
        return
    changed = text != feed.content or bool(feed.problem)
    unmatched = _take(feed, text, at)
    if changed:
        _record(feed, "read", READER, at, shifts=feed.shifts.count(), unmatched=unmatched)


@transaction.atomic
def _failed(feed: Feed, problem: str, at: dt.datetime) -> None:
    if not _still_claimed(feed):
        return
    known = feed.problem
    feed.problem, feed.failed_at = problem[:500], feed.failed_at or at
    feed.due_at = at + AFTER_A_FAILURE
    feed.save(update_fields=["problem", "failed_at", "due_at"])
    if not known:
        _record(feed, "failed", READER, at, problem=feed.problem)


def _still_claimed(feed: Feed) -> bool:
    """Say whether nobody connected another calendar while this one was fetched; lock it."""
    rows = Feed.objects.select_for_update().filter(pk=feed.pk, url=feed.url, due_at=feed.due_at)
    return rows.exists()


def _take(feed: Feed, text: str, at: dt.datetime) -> list[str]:
    """Put the calendar's shifts in the place of the feed's earlier ones; return unknown names."""
    schedule = feed.layer.schedule
    entries = read(text, zone=ZoneInfo(schedule.time_zone), since=at, until=at + AHEAD)
    rows, unmatched = _rows(feed, entries, schedule)
    # What is over stays: it says who was on call then.
    feed.shifts.filter(ends_at__gt=at).delete()
    ImportedShift.objects.bulk_create(rows)
    feed.content, feed.read_at, feed.problem, feed.failed_at = text, at, "", None
    feed.due_at = at + (EVERY_ADDRESS if feed.url else EVERY_FILE)
    feed.save()
    return unmatched


def _rows(
    feed: Feed, entries: Sequence[Entry], schedule: Schedule
) -> tuple[list[ImportedShift], list[str]]:
    members = User.objects.filter(is_active=True, groups__role=schedule.role_id).order_by("pk")
    people = [(each.pk, (each.email, each.username, each.get_full_name())) for each in members]
    rows, unmatched = [], set()
    for entry in entries:
        found: list[int | None] = [*matched(entry, people)]
        if not found:
            unmatched.add(entry.label)
        rows += [
            ImportedShift(
                feed=feed,
                person_id=person,
                name=entry.label,
                starts_at=entry.starts_at,
                ends_at=entry.ends_at,
            )
            for person in found or [None]
        ]
    return rows, sorted(unmatched)


def unmatched_names(layers: Sequence[Layer], *, at: dt.datetime) -> dict[int, list[str]]:
    """Return by layer the names in coming shifts of feeds that are nobody's here, in one query."""
    rows = ImportedShift.objects.filter(feed__layer__in=layers, person=None, ends_at__gt=at)
    found: dict[int, set[str]] = defaultdict(set)
    for layer, name in rows.values_list("feed__layer", "name"):
        found[layer].add(name)
    return {layer: sorted(names) for layer, names in found.items()}


def _feed(schedule: Schedule, title: str, number: int | None, at: dt.datetime) -> Feed:
    if number is not None:
        layer = layer_at(schedule, number)
        if layer.kind != LayerKind.IMPORTED:
            raise NotFound(f"Layer {number} is a rotation of ours, no calendar.")
        Layer.objects.filter(pk=layer.pk).update(title=title)
        layer.title = title
        feed = Feed.objects.get(layer=layer)
        feed.layer = layer
    else:
        layer = Layer.objects.create(
            schedule=schedule,
            position=next_position(schedule),
            title=title,
            time_zone=schedule.time_zone,
            kind=LayerKind.IMPORTED,
            starts_on=at.astimezone(ZoneInfo(schedule.time_zone)).date(),
            hand_off_at=ALL_DAY_START,
            in_force_from=at,
        )
        feed = Feed(layer=layer)
    layer.schedule = schedule
    return feed


def _record(feed: Feed, happened: str, by: Actor, at: dt.datetime, **more: object) -> None:
    schedule = feed.layer.schedule
    ledger.record(
        event=f"oncall.feed_{happened}",
        by=by,
        at=at,
        subject_kind="schedule",
        subject_id=schedule.role.slug,
        detail={
            "layer": feed.layer.position,
            "title": feed.layer.title,
            # Whoever knows the whole address reads the calendar, and the ledger is kept for ever.
            "source": feed.host or "file",
            **more,
        },
    )
