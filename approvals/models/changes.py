"""The changes that a revision asks for, each with the base that we read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from approvals.models.proposals import Revision
from approvals.states import Operation


class Change(models.Model):
    """One operation on one record, as a revision asks for it, with the base that we read."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="changes")
    position = models.PositiveSmallIntegerField()
    operation = models.CharField(max_length=10, choices=Operation.choices())
    object_name = models.CharField(max_length=80)
    record_id = models.CharField(max_length=80, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")
    fields = models.JSONField(default=dict)
    expect = models.JSONField(default=dict)
    depends_on = ArrayField(models.CharField(max_length=80), default=list)
    # The values we read ourselves, frozen at preparation; empty for a create.
    base = models.JSONField(null=True)
    base_modified_at = models.DateTimeField(null=True)
    base_modstamp = models.DateTimeField(null=True)
    record_label = models.CharField(max_length=255, blank=True, default="")
    # The record whose lock the CRM takes with this one (an opportunity's account).
    parent_key = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="change_position_once"),
            models.CheckConstraint(
                name="change_names_its_record",
                condition=models.Q(operation="create", record_id="")
                | (~models.Q(operation="create") & ~models.Q(record_id="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["object_name", "record_id"],
                name="change_by_record",
                condition=~models.Q(record_id=""),
            )
        ]
