"""
JSON without rounding.

Going out, a decimal string or a Decimal becomes a JSON number with the very same digits: it is
written as a marked string first, and the mark and its quotes are taken away from the finished text.
(The json module writes numbers only from int and float, and a float would change the digits.) The
mark is random for each text, so nothing inside a value can pass for it.

Coming in, a number is a float when the shortest form of that float is the number that was sent;
otherwise, which takes more than 15 significant digits, it stays the text that was sent.
"""

import json
import re
import secrets
from decimal import Decimal
from typing import Any

JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
LARGEST_EXACT_INTEGER = 2**53


class Digits(str):
    """The digits of a number, to be written as they are."""

    __slots__ = ()


def exact_number(value: Any) -> Any:
    """
    Return the value of a number field as it will be written: text becomes digits, null stays null.

    :raises ValueError: if it is not a number that JSON can write
    """
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - one refusal for all of them
    if isinstance(value, Decimal):
        value = format(value, "f") if value.is_finite() else "not finite"
    if isinstance(value, str):
        if not JSON_NUMBER.fullmatch(value):
            raise ValueError(f"{value[:40]!r} is not a number")
        return Digits(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float) and abs(value) != float("inf") and value == value:
        return value
    raise ValueError(f"{str(value)[:40]!r} is not a number")


def dump(body: Any) -> bytes:
    """
    Return a body as JSON text, with every `Digits` in it as a number.

    :raises ValueError: if it holds a float that JSON cannot write
    """
    mark = secrets.token_hex(16)
    text = json.dumps(_marked(body, mark), allow_nan=False, separators=(",", ":"))
    return re.sub(rf'"{mark}([-+.0-9eE]+)"', r"\1", text).encode()


def read_float(text: str) -> float | str:
    """Return the number as a float if nothing is lost by that, else as the text it was."""
    number = float(text)
    return number if Decimal(repr(number)) == Decimal(text) else text


def read_integer(value: int) -> int | str:
    """Return the integer if every reader of JSON can hold it, else its digits as text."""
    return value if abs(value) <= LARGEST_EXACT_INTEGER else str(value)


def _marked(value: Any, mark: str) -> Any:
    if isinstance(value, Digits):
        return f"{mark}{value}"
    if isinstance(value, dict):
        return {key: _marked(item, mark) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item, mark) for item in value]
    return value
