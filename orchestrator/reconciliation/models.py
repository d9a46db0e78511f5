"""Runs of reconciliation, the records that a run still has to read, and what it found."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestrator.kernel.states import Stateful
from orchestrator.reconciliation.states import RUN_MOVES, Cause, Kind, RunState


class Reconciliation(Stateful):
    """One run over everything that we wrote to one org within the horizon."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = RUN_MOVES

    state = models.CharField(max_length=20, editable=False, choices=RunState.choices())
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="reconciliations")
    cause = models.CharField(max_length=10, choices=Cause.choices())
    # The day of a daily run: several beats never make two for one org.
    day = models.DateField(null=True)
    by_label = models.CharField(max_length=200)
    # When a worker should begin, or go on: pushed forward while one is at work, so that a run
    # whose worker died goes on when that time has come.
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When the records to read were listed; they are read slice by slice from then on.
    listed_at = models.DateTimeField(null=True)
    # Tries in a row that the CRM did not answer, and what it said.
    attempts = models.PositiveIntegerField(default=0)
    trouble_code = models.CharField(max_length=60, blank=True, default="")
    trouble_text = models.TextField(blank=True, default="")
    records = models.PositiveIntegerField(default=0)
    records_checked = models.PositiveIntegerField(default=0)
    records_different = models.PositiveIntegerField(default=0)
    fields_checked = models.PositiveIntegerField(default=0)
    by_person = models.PositiveIntegerField(default=0)
    by_automation = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    reverted_by_hand = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="reconciliation_due",
                condition=models.Q(state__in=["scheduled", "running"]),
            ),
            models.Index(
                fields=["org", "-id"],
                name="reconciliation_by_org",
                condition=models.Q(started_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="reconciliation_state_is_known",
                condition=models.Q(state__in=RunState.values()),
            ),
            models.UniqueConstraint(
                fields=["org"],
                condition=models.Q(state="running"),
                name="reconciliation_one_running_per_org",
            ),
            models.UniqueConstraint(
                fields=["org"],
                condition=models.Q(state="scheduled"),
                name="reconciliation_one_scheduled_per_org",
            ),
            models.UniqueConstraint(
                fields=["org", "day"],
                condition=models.Q(cause="daily"),
                name="reconciliation_one_daily_per_org_and_day",
            ),
            models.CheckConstraint(
                name="reconciliation_daily_has_its_day",
                condition=models.Q(cause="daily", day__isnull=False)
                | models.Q(cause="demand", day__isnull=True),
            ),
            models.CheckConstraint(
                name="reconciliation_finished_at_iff_over",
                condition=models.Q(state__in=["finished", "failed"], finished_at__isnull=False)
                | models.Q(state__in=["scheduled", "running"], finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="reconciliation_started_unless_scheduled",
                condition=models.Q(state="scheduled", started_at__isnull=True)
                | (~models.Q(state="scheduled") & models.Q(started_at__isnull=False)),
            ),
        ]

    @property
    def differences(self) -> int:
        """Return how many values are not as written."""
        return self.by_person + self.by_automation + self.missing + self.unreadable

    @property
    def fields_as_written(self) -> int:
        """Return how many values are as written."""
        return self.fields_checked - self.differences

    @property
    def records_as_written(self) -> int:
        """Return how many records are as written in every field."""
        return self.records_checked - self.records_different


class Target(models.Model):
    """A record that a run still has to read: what remains of these rows is the run's cursor."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="targets")
    object_name = models.CharField(max_length=80)
    record_id = models.CharField(max_length=80)
    commits = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "object_name", "record_id"], name="target_record_once"
            ),
        ]


class Finding(models.Model):
    """One value that is not as we last wrote it; an empty field stands for the record itself."""

    run = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=30, choices=Kind.choices())
    object_name = models.CharField(max_length=80)
    record_id = models.CharField(max_length=80)
    label = models.CharField(max_length=255, blank=True, default="")
    field = models.CharField(max_length=80, blank=True, default="")
    expected = models.JSONField(null=True)
    actual = models.JSONField(null=True)
    # It went back to what it was before our write, and not through us.
    reverted_by_hand = models.BooleanField(default=False)
    commit = models.ForeignKey("commits.Commit", on_delete=models.PROTECT, related_name="findings")
    proposal = models.ForeignKey(
        "approvals.Proposal", on_delete=models.PROTECT, related_name="findings"
    )
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.PROTECT, related_name="+")
    modified_by = models.CharField(max_length=80, blank=True, default="")
    modified_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run", "kind", "id"], name="finding_by_kind"),
            models.Index(
                fields=["proposal"],
                name="finding_reverted",
                condition=models.Q(reverted_by_hand=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "object_name", "record_id", "field"], name="finding_once_per_run"
            ),
            models.CheckConstraint(
                name="finding_kind_is_known", condition=models.Q(kind__in=Kind.values())
            ),
        ]
