"""What a person put off: out of their own list for a while, and out of nobody else's."""

from django.conf import settings
from django.db import models

from approvals.models.reviews import Review


class Snooze(models.Model):
    """One open review that one person does not want to see again before a time."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="snoozes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["until"]
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="snooze_once"),
            models.CheckConstraint(
                name="snooze_ends_later", condition=models.Q(until__gt=models.F("at"))
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="snooze_by_person")]
