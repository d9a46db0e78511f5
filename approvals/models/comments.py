"""What people say about a proposal to one another, without deciding."""

import pgtrigger
from django.conf import settings
from django.db import models

from approvals.models.proposals import Proposal


class Comment(models.Model):
    """One sentence or more of one person; said once, never changed, and not for agents."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments"
    )
    text = models.TextField()
    at = models.DateTimeField()
    # A form that is sent twice says it once.
    key = models.CharField(max_length=40)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person", "key"], name="comment_once"),
            models.CheckConstraint(
                name="comment_says_something", condition=~models.Q(text="") & ~models.Q(key="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
