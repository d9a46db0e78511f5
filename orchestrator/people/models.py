"""People and the roles they hold."""

import datetime as dt

from django.contrib.auth.models import AbstractUser, Group
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models

from orchestrator.kernel.actors import Actor, ActorKind

# Whoever is away for longer hands their duties over instead.
LONGEST_ABSENCE = dt.timedelta(days=90)


class User(AbstractUser):
    """A person who signs in."""

    time_zone = models.CharField(max_length=60, default="UTC")

    @property
    def actor(self) -> Actor:
        """Return this person as the ledger names people."""
        return Actor(kind=ActorKind.PERSON, id=self.username, label=self.display_name)

    @property
    def display_name(self) -> str:
        """Return the person's full name, or the user name where none is known."""
        return self.get_full_name() or self.username


class Role(models.Model):
    """A set of people who carry one duty; its members are the members of its group."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="role")
    # Who decides when nobody in the role can be reached.
    fallback = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="falls_back_from"
    )
    # When its people work; beats the calendar of a workflow. None: the workflow's own counts.
    calendar = models.ForeignKey(
        "calendars.Calendar", on_delete=models.PROTECT, null=True, blank=True, related_name="roles"
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="role_is_not_its_own_fallback",
                condition=~models.Q(fallback=models.F("id")),
            ),
        ]


class Absence(models.Model):
    """A time in which a person is away, and who decides in their place."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    delegate = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="stands_in"
    )
    note = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    # When it was called off, before it began or while it ran.
    cancelled_at = models.DateTimeField(null=True)
    # When both were reminded that it had begun, and that it was over.
    start_told_at = models.DateTimeField(null=True)
    end_told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="absence_is_time_boxed",
                condition=models.Q(ends_at__lte=models.F("starts_at") + LONGEST_ABSENCE),
            ),
            models.CheckConstraint(
                name="absence_delegate_is_somebody_else",
                condition=~models.Q(delegate=models.F("person")),
            ),
            # A range of one number stands for the person: no further extension is needed.
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    (
                        models.Func(
                            "person_id", "person_id", models.Value("[]"), function="int8range"
                        ),
                        "&&",
                    ),
                    (models.Func("starts_at", "ends_at", function="tstzrange"), "&&"),
                ],
                condition=models.Q(cancelled_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at", "starts_at"],
                name="absence_in_force",
                condition=models.Q(cancelled_at=None),
            ),
        ]
