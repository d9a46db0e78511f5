"""What the auditor found, when it looked, and the alarms it raised."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from orchestrator.assurance.states import (
    ALARM_MOVES,
    FINDING_MOVES,
    AlarmState,
    FindingState,
    Heartbeat,
)
from orchestrator.kernel.states import Stateful


class Alarm(Stateful):
    """One message by the second path: everything that became alarming in one look, together."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = ALARM_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=AlarmState.choices(), default=AlarmState.QUEUED
    )
    title = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    # Sent by hand to see whether the path works.
    drill = models.BooleanField(default=False)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # What each way answered, without addresses.
    results = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"], name="alarm_to_send", condition=models.Q(state="queued")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="alarm_state_is_known", condition=models.Q(state__in=AlarmState.values())
            ),
            models.CheckConstraint(
                name="alarm_ended_iff_not_queued",
                condition=models.Q(state="queued", ended_at=None)
                | (~models.Q(state="queued") & models.Q(ended_at__isnull=False)),
            ),
        ]


class Finding(Stateful):
    """Something without a next step, from the first look that saw it until a look that did not."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = FINDING_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=FindingState.choices(), default=FindingState.SEEN
    )
    check_name = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=120)
    # Our own words, never an agent's.
    words = models.CharField(max_length=300)
    path = models.CharField(max_length=200, blank=True, default="")
    vital = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    restarted_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, null=True, related_name="findings")

    class Meta:
        ordering = ["-seen_at", "-pk"]
        indexes = [
            models.Index(
                fields=["check_name", "subject_kind", "subject_id", "-seen_at"],
                name="finding_by_subject",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["check_name", "subject_kind", "subject_id"],
                condition=~models.Q(state="cleared"),
                name="finding_open_once",
            ),
            models.CheckConstraint(
                name="finding_state_is_known", condition=models.Q(state__in=FindingState.values())
            ),
            models.CheckConstraint(
                name="finding_alarmed_has_an_alarm",
                condition=~models.Q(state="alarmed") | models.Q(alarm__isnull=False),
            ),
        ]


class Look(models.Model):
    """One round of the auditor: what it looked at, and what an outside watcher was told."""

    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    # Check name → how many findings stand, or null where it could not look.
    counts = models.JSONField()
    heartbeat = models.CharField(max_length=20, choices=Heartbeat.choices())

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at"], name="look_latest")]
