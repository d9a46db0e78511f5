"""What a record looked like when our write had passed, whoever has edited it since. Pure."""

from collections.abc import Mapping
from typing import Any, Protocol

from orchestrator.commits.comparison import same_value
from orchestrator.commits.inverse import Image


class ChangeLike(Protocol):
    """What a change says about itself."""

    operation: str
    fields: Mapping[str, Any]


def left_by_us(change: ChangeLike, image: Image) -> Image:
    """
    Return the image with the values that our write left.

    What the CRM made of a value by itself is part of our write. What somebody else has typed since
    is not: the ledger must not call it ours, and taking our write back must not take theirs back.
    """
    if image is None or change.operation == "delete" or image.get("by_us", True):
        return image
    values = image["values"]
    typed = {
        name: value
        for name, value in change.fields.items()
        if not same_value(values.get(name), value)
    }
    return {**image, "values": {**values, **typed}}
