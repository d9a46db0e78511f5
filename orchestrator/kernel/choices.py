"""Choices without Django, so that pure modules can share them with models."""

from enum import StrEnum


class Choices(StrEnum):
    """A StrEnum that can list its values for constraints and its choices for fields."""

    @classmethod
    def values(cls) -> list[str]:
        """Return every value in order of declaration."""
        return [member.value for member in cls]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (value, words) pairs for a model field."""
        return [(member.value, member.value.replace("_", " ")) for member in cls]
