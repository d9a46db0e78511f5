"""What stands where a value would be that its reader may not see."""

from typing import Final


class Hidden(str):
    """A value that was taken out before it could reach a page; reads as "hidden" everywhere."""

    __slots__ = ()


HIDDEN: Final = Hidden("hidden")
WHY_HIDDEN = (
    "None of your roles may see this field. Ask whoever administers the workflow for the right."
)


def is_hidden(value: object) -> bool:
    """Say whether this stands for a value that the reader may not see."""
    return isinstance(value, Hidden)
