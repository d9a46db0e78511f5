"""Channels, what people chose, what they were told, and every attempt to let it reach them."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.kernel.ids import new_id
from orchestrator.kernel.states import Stateful
from orchestrator.notifications.kinds import ABILITIES, Ability, Kind
from orchestrator.notifications.messages import LONGEST_TITLE, Urgency
from orchestrator.notifications.quiet import QuietHours, zone_named
from orchestrator.notifications.states import (
    DELIVERY_MOVES,
    FINAL,
    DeliveryState,
    DigestRhythm,
    Purpose,
)
from orchestrator.orgs.encryption import EncryptedTextField

EVERY_DAY = list(range(7))
EITHER = Q(person__isnull=False, role__isnull=True) | Q(person__isnull=True, role__isnull=False)


def new_notification_id() -> str:
    """Return a new notification id."""
    return new_id("ntf")


def new_delivery_id() -> str:
    """Return a new delivery id: what receivers can fold repeated deliveries by."""
    return new_id("dlv")


def every_day() -> list[int]:
    """Return the weekdays, Monday first."""
    return list(EVERY_DAY)


class Channel(models.Model):
    """One way to reach a person, or the people of a role together."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="channels"
    )
    role = models.ForeignKey(
        "people.Role", on_delete=models.PROTECT, null=True, related_name="channels"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices())
    label = models.CharField(max_length=80)
    # Holds keys: shown masked only, and empty once the channel is removed. The channel of an
    # account has none of its own: it follows the account's e-mail address.
    address = EncryptedTextField(blank=True, default="")
    masked = models.CharField(max_length=120, blank=True, default="")
    is_account = models.BooleanField(default=False)
    # Urgency → place in the order; an urgency that is missing does not come here.
    ranks = models.JSONField(default=dict)
    carries_details = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    # A channel that fails again and again is parked for a while.
    failures = models.PositiveIntegerField(default=0)
    parked_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="channel_is_somebodys", condition=EITHER),
            models.CheckConstraint(
                name="channel_kind_is_known", condition=Q(kind__in=Kind.values())
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_account=True), name="channel_of_account_once"
            ),
        ]

    @property
    def ability(self) -> Ability:
        """Return what this kind of channel is called and can do."""
        return ABILITIES[self.kind]


class Preference(models.Model):
    """What a person chose: quiet hours and the digest."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="notification_preference",
    )
    # Empty: the time zone of the account.
    time_zone = models.CharField(max_length=60, blank=True, default="")
    quiet_starts = models.TimeField(null=True)
    quiet_ends = models.TimeField(null=True)
    quiet_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=every_day)
    digest = models.CharField(
        max_length=10, choices=DigestRhythm.choices(), default=DigestRhythm.DAILY
    )
    digest_at = models.TimeField(default=dt.time(8, 0))
    digest_weekday = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_both_ends",
                condition=Q(quiet_starts__isnull=True, quiet_ends__isnull=True)
                | (
                    Q(quiet_starts__isnull=False, quiet_ends__isnull=False)
                    & ~Q(quiet_starts=models.F("quiet_ends"))
                ),
            ),
        ]

    def quiet_hours(self, account_zone: str) -> QuietHours | None:
        """Return the person's quiet hours, or nothing where there are none."""
        if self.quiet_starts is None or self.quiet_ends is None:
            return None
        zone = zone_named(self.time_zone or account_zone)
        return QuietHours(zone, self.quiet_starts, self.quiet_ends, frozenset(self.quiet_weekdays))


class Notification(models.Model):
    """What one person, or the shared channels of one role, was told about one subject."""

    id = models.CharField(
        primary_key=True, max_length=40, default=new_notification_id, editable=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    role = models.ForeignKey(
        "people.Role", on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    event = models.CharField(max_length=60)
    urgency = models.CharField(max_length=10, choices=Urgency.choices())
    title = models.CharField(max_length=LONGEST_TITLE)
    lines = models.JSONField(default=list)
    details = models.JSONField(default=list)
    path = models.CharField(max_length=300)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=120)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_words = models.CharField(max_length=300, blank=True, default="")
    # Nothing but our own page has it: every channel failed, or there is none.
    undelivered_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(
        "notifications.Delivery", on_delete=models.PROTECT, null=True, related_name="digested"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="notification_is_somebodys", condition=EITHER),
            models.UniqueConstraint(fields=["person", "key"], name="person_is_told_once"),
            models.UniqueConstraint(fields=["role", "key"], name="role_is_told_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_of_person"),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True), name="notification_unread"
            ),
            models.Index(
                fields=["subject_kind", "subject_id"],
                condition=Q(settled_at__isnull=True),
                name="notification_unsettled",
            ),
            models.Index(
                fields=["undelivered_at"],
                condition=Q(undelivered_at__isnull=False),
                name="notification_undelivered",
            ),
            models.Index(fields=["created_at"], name="notification_by_time"),
        ]


class Delivery(Stateful):
    """One message on its way through one channel; its id stays the same over every attempt."""

    MOVES = DELIVERY_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_delivery_id, editable=False)
    state = models.CharField(
        max_length=20,
        editable=False,
        default=DeliveryState.QUEUED,
        choices=DeliveryState.choices(),
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices())
    # A digest has many, which point at it.
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    urgency = models.CharField(max_length=10, choices=Urgency.choices())
    weight = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # Waits for quiet hours to end.
    held = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=40, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    answer = models.CharField(max_length=200, blank=True, default="")
    # The failed delivery that this one takes over from.
    takes_over = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="taken_over_by"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="delivery_sent_at_iff_sent",
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_finished_iff_final",
                condition=Q(state__in=sorted(FINAL), finished_at__isnull=False)
                | (~Q(state__in=sorted(FINAL)) & Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_claimed_iff_sending",
                condition=(Q(state=DeliveryState.SENDING) & ~Q(claim=""))
                | (~Q(state=DeliveryState.SENDING) & Q(claim="")),
            ),
            models.CheckConstraint(
                name="delivery_is_about_something",
                condition=Q(purpose=Purpose.MESSAGE, notification__isnull=False)
                | Q(purpose=Purpose.FOLLOW_UP, notification__isnull=False)
                | Q(purpose__in=(Purpose.DIGEST, Purpose.TEST), notification__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["notification", "channel", "purpose"], name="delivery_once_per_channel"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(purpose=Purpose.DIGEST, state=DeliveryState.QUEUED),
                name="one_digest_is_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["weight", "due_at"],
                condition=Q(state=DeliveryState.QUEUED),
                name="delivery_to_send",
            ),
            models.Index(
                fields=["claimed_at"],
                condition=Q(state=DeliveryState.SENDING),
                name="delivery_under_way",
            ),
            models.Index(fields=["person", "-id"], name="delivery_of_person"),
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False),
                name="delivery_finished",
            ),
        ]
