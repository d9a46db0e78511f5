"""Outcomes: what a proposal came to, kept until everybody who must know was told."""

from django.db import models

from approvals.models.proposals import Proposal


class Outcome(models.Model):
    """One state that somebody outside must learn of; written by triggers, announced by a worker."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="outcomes")
    # Counts the outcomes of one proposal: whoever gets them out of order can tell.
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=80)
    outcome_code = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()
    # Set in the transaction that tells everybody; empty until then.
    announced_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    # After a failure: not before this.
    next_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "sequence"], name="outcome_sequence_once_per_proposal"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="outcome_to_announce",
                condition=models.Q(announced_at__isnull=True),
            ),
        ]
