"""What people asked to take back, and the proposals that do it."""

from django.conf import settings
from django.db import models

from orchestrator.kernel.ids import new_rollback_id
from orchestrator.rollbacks.selection import Kind, Selection


class Rollback(models.Model):
    """One request to take writes back: what was chosen, why, by whom, and what it came to."""

    id = models.CharField(primary_key=True, max_length=40, default=new_rollback_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices())
    value = models.CharField(max_length=200)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    reason = models.TextField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rollbacks"
    )
    requested_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # What tells a form that was sent twice from a second request.
    token = models.CharField(max_length=64)
    commits = models.PositiveIntegerField()
    records = models.PositiveIntegerField()
    fields = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    # In words: what is kept, what cannot be undone, what is left to do by hand.
    remarks = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["requested_by", "token"], name="rollback_asked_once"),
            models.CheckConstraint(
                name="rollback_kind_is_known", condition=models.Q(kind__in=Kind.values())
            ),
            models.CheckConstraint(name="rollback_says_why", condition=~models.Q(reason="")),
        ]
        indexes = [models.Index(fields=["-created_at"], name="rollback_by_time")]

    @property
    def selection(self) -> Selection:
        """Return what was chosen."""
        return Selection(kind=self.kind, value=self.value, since=self.since, until=self.until)


class Part(models.Model):
    """One proposal of a rollback: what goes back together, or not at all."""

    rollback = models.ForeignKey(Rollback, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    proposal = models.OneToOneField(
        "approvals.Proposal", on_delete=models.PROTECT, related_name="rollback_part"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["rollback", "number"], name="part_number_once"),
        ]
