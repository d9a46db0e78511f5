"""The rights that a role can have on a workflow, and the permissions they stand for."""

from orchestrator.kernel.choices import Choices


class Right(Choices):
    """What a role may do with a workflow; each right includes seeing it."""

    VIEW = "view"
    DECIDE = "decide"
    ADMINISTER = "administer"
    # Fields that the workflow declares as personal or as sensitive: no other right includes them.
    VIEW_PERSONAL = "view_personal"
    VIEW_SENSITIVE = "view_sensitive"

    @property
    def codename(self) -> str:
        """Return the name of the permission."""
        return f"{self.value}_workflow"

    @property
    def words(self) -> str:
        """Return what the right lets a role do, behind "may"."""
        return WORDS.get(self.value, self.value)

    @property
    def given_by(self) -> list[str]:
        """Return the permissions of which any one gives this right."""
        rights = list(Right) if self is Right.VIEW else [self]
        return [right.codename for right in rights]


WORDS = {
    "view_personal": "see the personal fields of",
    "view_sensitive": "see the sensitive fields of",
}
