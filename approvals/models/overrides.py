"""Overrides: somebody who runs the workflow decided a stage in place of its role."""

import pgtrigger
from django.conf import settings
from django.db import models

from approvals.models.proposals import Proposal, Revision
from approvals.models.reviews import Review
from approvals.states import Vote

LEAST_REASON = 20


class Override(models.Model):
    """One person's word on one stage in place of its role; at high risk it takes two of them."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="overrides")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="overrides")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="overrides")
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="overrides"
    )
    vote = models.CharField(max_length=10, choices=Vote.choices())
    # The digest on the screen of the person.
    digest = models.CharField(max_length=80)
    reason = models.TextField()
    # Why the role did not: its time had run out, or nobody in it could be reached.
    because = models.CharField(max_length=20)
    # How many approvals of the role were missing.
    missing = models.PositiveSmallIntegerField()
    # False for the first of two at high risk: it waits for the second.
    settles = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "person"], name="override_once_per_person_and_revision"
            ),
            models.UniqueConstraint(
                fields=["review"],
                condition=models.Q(settles=True),
                name="override_settles_a_review_once",
            ),
            models.CheckConstraint(
                name="override_says_yes_or_no",
                condition=models.Q(vote__in=["approve", "deny"]),
            ),
            models.CheckConstraint(name="override_says_why", condition=~models.Q(reason="")),
        ]
        indexes = [models.Index(fields=["workflow", "-at"], name="override_by_workflow")]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
