"""A value of the CRM together with what people call it."""

from typing import Self


class Named(str):
    """An id or an API value that people know by other words; it stays equal to itself."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, value: str, words: str) -> Self:
        """Keep the words beside the value."""
        named = super().__new__(cls, value)
        named.words = words
        return named
