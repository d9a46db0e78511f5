"""Calendars that come in from other programs, and the secret addresses that ours go out by."""

from urllib.parse import urlsplit

from django.db import models

from orchestrator.oncall.models.schedules import Layer, Schedule


class Feed(models.Model):
    """Another program's calendar, as the shifts of one layer."""

    layer = models.OneToOneField(Layer, on_delete=models.PROTECT, related_name="feed")
    # Empty for a file that somebody uploaded.
    url = models.URLField(max_length=500, blank=True, default="")
    # The last calendar that could be read; its repeating events are unfolded again every day.
    content = models.TextField(blank=True, default="")
    read_at = models.DateTimeField(null=True)
    # When to fetch or unfold next; pushed forward while a worker does.
    due_at = models.DateTimeField()
    # Why the last try failed, in words; empty after one that did not.
    problem = models.CharField(max_length=500, blank=True, default="")
    failed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="feed_by_due")]
        constraints = [
            models.CheckConstraint(
                name="feed_failed_with_a_problem",
                condition=models.Q(failed_at__isnull=True, problem="")
                | (models.Q(failed_at__isnull=False) & ~models.Q(problem="")),
            ),
        ]

    @property
    def host(self) -> str:
        """Return the host of the address: the rest of it is often a secret, and stays unseen."""
        return urlsplit(self.url).hostname or ""


class ImportedShift(models.Model):
    """One shift of a feed; without a person when its name is nobody's here."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="shifts")
    person = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    # As the calendar calls whoever is on call: untrusted text.
    name = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["feed", "starts_at"]
        indexes = [models.Index(fields=["feed", "ends_at"], name="imported_shift_by_end")]
        constraints = [
            models.CheckConstraint(
                name="imported_shift_runs_forwards",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
        ]


class Address(models.Model):
    """A secret web address that calendar programs read: of one schedule, or of one's own shifts."""

    owner = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, null=True, related_name="addresses"
    )
    # SHA-256 of the secret: whoever reads this table cannot read a calendar.
    secret_hash = models.CharField(max_length=64, unique=True)
    # The first characters, by which people tell their addresses apart.
    prefix = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
