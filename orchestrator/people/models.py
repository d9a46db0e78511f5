"""People and the roles they hold."""

from django.contrib.auth.models import AbstractUser, Group
from django.db import models

from orchestrator.kernel.actors import Actor, ActorKind


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

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="role_is_not_its_own_fallback",
                condition=~models.Q(fallback=models.F("id")),
            ),
        ]
