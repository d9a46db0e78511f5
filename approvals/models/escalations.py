"""What the steps of a review's plan did: one row a step, and one a step of a drill."""

from django.db import models

from approvals.models.proposals import Proposal
from approvals.models.reviews import Review
from approvals.states import EscalationOutcome


class Escalation(models.Model):
    """A step of a review's plan that came to pass: what happened, how late, who was reached."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="escalations")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="escalations")
    # The step's key in the plan.
    step = models.CharField(max_length=60)
    do = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, choices=EscalationOutcome.choices())
    planned_at = models.DateTimeField()
    at = models.DateTimeField()
    words = models.TextField()
    # User names of whom it told, called or asked.
    reached = models.JSONField(default=list)
    # Which drill it belongs to; empty for what really happened.
    drill = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            # A step happens once, whatever fires it again.
            models.UniqueConstraint(
                fields=["review", "step", "drill"], name="escalation_step_once"
            ),
            models.CheckConstraint(
                name="escalation_outcome_is_known",
                condition=models.Q(outcome__in=EscalationOutcome.values()),
            ),
        ]
