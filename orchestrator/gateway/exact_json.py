"""Reading JSON without losing or inventing anything."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from ninja.parser import Parser

from orchestrator.kernel.errors import DomainError

LARGEST_EXACT_INTEGER = 2**53


class BadJson(DomainError):
    """The body is not JSON that can be taken at its word."""

    code, status, title = "bad_json", 400, "The body cannot be read"


class BodyTooLarge(DomainError):
    """The body is larger than the ceiling."""

    code, status, title = "body_too_large", 413, "The request is too large"


class ExactParser(Parser):
    """Refuse duplicate keys, NaN, numbers that a double cannot hold, NUL and lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        """
        Return the body's value.

        :raises BadJson: if the body is not JSON, or not exactly representable
        :raises BodyTooLarge: if the body is larger than the ceiling
        """
        try:
            body = request.body
        except RequestDataTooBig as error:
            raise BodyTooLarge("Send fewer proposals at once.") from error
        except UnreadablePostError as error:
            raise BadJson("The body broke off; send it again.") from error
        return read(body)


def read(body: bytes) -> Any:
    """
    Return the value of a JSON text.

    :raises BadJson: if it is not JSON, or not exactly representable
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_float=_exact_float,
            parse_int=_exact_integer,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise BadJson("Send one JSON value in UTF-8, not nested deeper than 100 levels.") from error
    # An escape in the text is the only way to a NUL or a lone surrogate, so look only then.
    if "\\u0000" in text or "\\ud" in text.lower():
        _refuse_unstorable(value)
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise BadJson(f"The key {twice[0]!r} stands twice in one object; send each key once.")
    return values


def _exact_float(text: str) -> float:
    try:
        value = float(text)
        exact = Decimal(repr(value)) == Decimal(text)
    except (InvalidOperation, OverflowError):
        exact = False
    if not exact:
        raise BadJson(f"The number {text[:40]} is not exact as a double; send it as a string.")
    return value


def _exact_integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST_EXACT_INTEGER:
        raise BadJson(f"The number {text[:40]} is not exact as a double; send it as a string.")
    return int(text)


def _refuse_constant(text: str) -> NoReturn:
    raise BadJson(f"{text} is not a JSON number.")


def _refuse_unstorable(value: Any) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            stack += item
        elif isinstance(item, str) and _unstorable(item):
            raise BadJson("Text must not hold NUL characters or lone surrogates.")


def _unstorable(text: str) -> bool:
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)
