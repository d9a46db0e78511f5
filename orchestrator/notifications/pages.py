"""What the pages of notifications show."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.utils.http import url_has_allowed_host_and_scheme

from orchestrator.notifications.channels.addresses import EXAMPLES, mask_mail
from orchestrator.notifications.forms import (
    ChannelForm,
    DeliveryFilter,
    RoleChannelForm,
    ShownForm,
    TimesForm,
)
from orchestrator.notifications.kinds import ABILITIES, Kind
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Delivery, Notification
from orchestrator.notifications.permissions import is_staff, kinds_open_to
from orchestrator.notifications.preferences import preference_of
from orchestrator.notifications.queries import unread_count
from orchestrator.notifications.states import OPEN, Purpose
from orchestrator.people.models import Role, User

PAGE = 50
TESTS_SHOWN_FOR = dt.timedelta(hours=1)
PLACES = [(0, "not here"), *((place, str(place)) for place in range(1, 6))]
COLUMNS = {
    Urgency.PAGE: "Page",
    Urgency.HIGH: "Urgent",
    Urgency.NORMAL: "Normal",
    Urgency.LOW: "Digest",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the order: the place of a channel for one urgency."""

    name: str
    words: str
    label: str
    place: int


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel as the settings show it."""

    channel: Channel
    address: str
    places: list[Place]
    is_parked: bool


def centre(person: User, data: Mapping[str, str]) -> dict[str, Any]:
    """Return the person's notifications, those that were chosen, newest first."""
    form = ShownForm(data)
    chosen = form.cleaned_data if form.is_valid() else {}
    show = chosen.get("show") or "unread"
    rows = Notification.objects.filter(person=person)
    if show == "unread":
        rows = rows.filter(read_at=None)
    elif show == "urgent":
        rows = rows.filter(urgency__in=(Urgency.HIGH, Urgency.PAGE))
    page, following = _page(rows, chosen.get("before", ""))
    unread = unread_count(person)
    return {
        "notifications": page,
        "show": show,
        "unread": unread,
        "newest_href": f"?show={show}" if chosen.get("before") else "",
        "older_href": f"?show={show}&before={following}" if following else "",
        "tabs": [("unread", "Unread", unread), ("all", "All", 0), ("urgent", "Urgent", 0)],
    }


def settings_of(
    person: User,
    *,
    at: dt.datetime,
    channel_form: ChannelForm | None = None,
    times_form: TimesForm | None = None,
) -> dict[str, Any]:
    """Return the person's channels, times, and the latest tests."""
    rows = Channel.objects.filter(person=person, removed_at=None).select_related("person")
    return {
        "rows": channel_rows(rows, at=at),
        **_tests(Delivery.objects.filter(person=person), at),
        "account_mail": mask_mail(person.email) if person.email else "",
        "channel_form": channel_form or ChannelForm(person=person),
        "times_form": times_form or _times_form(person),
        "columns": list(COLUMNS.values()),
        "places": PLACES,
        "examples": _examples(person),
        "staff": is_staff(person),
    }


def role_channels(
    person: User, *, at: dt.datetime, channel_form: RoleChannelForm | None = None
) -> dict[str, Any]:
    """Return every role's shared channels."""
    rows = Channel.objects.filter(role__isnull=False, removed_at=None).select_related("role")
    by_role: dict[Role, list[Channel]] = {}
    for channel in rows.order_by("role__title", "pk"):
        if channel.role is not None:
            by_role.setdefault(channel.role, []).append(channel)
    return {
        "roles": [(role, channel_rows(own, at=at)) for role, own in by_role.items()],
        **_tests(Delivery.objects.filter(channel__role__isnull=False), at),
        "channel_form": channel_form or RoleChannelForm(person=person),
        "columns": list(COLUMNS.values())[:-1],
        "places": PLACES,
        "examples": _examples(person),
        "some_role": Role.objects.exists(),
    }


def deliveries(person: User, data: Mapping[str, str]) -> dict[str, Any]:
    """Return the log of deliveries: one's own, or for staff everybody's."""
    form, staff = DeliveryFilter(data), is_staff(person)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = Delivery.objects.select_related(
        "channel", "channel__role", "person", "notification", "taken_over_by__channel"
    )
    whose = chosen.get("whose", "") if staff else ""
    rows = rows if whose == "all" else rows.filter(person=person)
    if chosen.get("state"):
        rows = rows.filter(state=chosen["state"])
    page, following = _page(rows, chosen.get("before", ""))
    query = f"state={chosen.get('state', '')}&whose={whose}"
    return {
        "deliveries": page,
        "filter": form,
        "staff": staff,
        "everybodys": whose == "all",
        "newest_href": f"?{query}" if chosen.get("before") else "",
        "older_href": f"?{query}&before={following}" if following else "",
    }


def channel_rows(channels: Iterable[Channel], *, at: dt.datetime) -> list[ChannelRow]:
    """Return channels with the cells of their order."""
    return [
        ChannelRow(
            channel,
            _shown_address(channel),
            [_place(channel, urgency) for urgency in COLUMNS if _applies(channel, urgency)],
            channel.parked_until is not None and channel.parked_until > at,
        )
        for channel in channels
    ]


def where_to(notification: Notification) -> str:
    """Return the page that a notification is about; never an address of somebody else's."""
    path = notification.path
    own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if own else "/notifications/"


def _place(channel: Channel, urgency: str) -> Place:
    name = f"rank-{channel.pk}-{urgency}"
    words = COLUMNS[Urgency(urgency)]
    label = f"{channel.label}: place for {words}"
    return Place(name, words, label, channel.ranks.get(urgency, 0))


def _applies(channel: Channel, urgency: str) -> bool:
    return channel.role_id is None or urgency != Urgency.LOW


def _shown_address(channel: Channel) -> str:
    if channel.is_account and channel.person is not None:
        return mask_mail(channel.person.email) if channel.person.email else "no address"
    return channel.masked


def _times_form(person: User) -> TimesForm:
    chosen = model_to_dict(preference_of(person))
    return TimesForm(initial=chosen, account_zone=person.time_zone)


def _tests(rows: QuerySet[Delivery], at: dt.datetime) -> dict[str, Any]:
    recent = rows.filter(purpose=Purpose.TEST, created_at__gt=at - TESTS_SHOWN_FOR)
    tests = list(recent.select_related("channel", "channel__role")[:40])
    return {"tests": tests, "testing": any(each.state in OPEN for each in tests)}


def _examples(person: User) -> list[tuple[str, str]]:
    return [(ABILITIES[kind].words, EXAMPLES[Kind(kind)]) for kind in kinds_open_to(person)]


def _page(rows: QuerySet[Any], before: str) -> tuple[list[Any], str]:
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else ""
