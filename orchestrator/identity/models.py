"""What a directory's groups give: which role, and whose membership came from there."""

from django.db import models

from orchestrator.people.models import Role, User

LONGEST_GROUP = 200


class GroupRole(models.Model):
    """A group of the directory, and a role that its members hold here."""

    group = models.CharField(max_length=LONGEST_GROUP)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="directory_groups")

    class Meta:
        """Each pair stands once."""

        constraints = [
            models.UniqueConstraint(fields=["group", "role"], name="group_gives_role_once")
        ]


class DirectoryMembership(models.Model):
    """A membership that the directory gave; what a person gave is not here, and stays."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="from_directory")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="from_directory")

    class Meta:
        """Each pair stands once."""

        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="directory_gave_role_once")
        ]
