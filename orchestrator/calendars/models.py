"""Calendars: when the people of a role or a workflow work."""

from django.db import models


class Calendar(models.Model):
    """Working hours of a week in a time zone, with holidays of a region and special days."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    # A name of the tz database, such as Europe/Berlin.
    zone = models.CharField(max_length=60)
    # Seven days, Monday first; each a list of pairs of minutes since midnight.
    week = models.JSONField()
    # Whose holidays are closed days: DE, DE-BE, NYSE; nobody's if empty.
    region = models.CharField(max_length=20, blank=True, default="")
    # Of everything that says when it is open, special days included: what is kept in a process
    # is kept under this name, so that a change is seen by all of them with the next look.
    digest = models.CharField(max_length=80)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="calendar_has_a_zone_and_a_digest",
                condition=~models.Q(zone="") & ~models.Q(digest=""),
            ),
        ]


class SpecialDay(models.Model):
    """One day that is not as its weekday: closed, or with other hours."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="special_days")
    day = models.DateField()
    # Pairs of minutes, as in the week; none means closed.
    spans = models.JSONField(default=list)
    note = models.CharField(max_length=120)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="special_day_once"),
            models.CheckConstraint(name="special_day_says_why", condition=~models.Q(note="")),
        ]
