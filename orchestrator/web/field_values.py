"""Field values as people read them, without losing a digit."""

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

from orchestrator.kernel.hidden import WHY_HIDDEN, is_hidden
from orchestrator.kernel.named import Named
from orchestrator.web.local_time import local
from orchestrator.web.visible_text import visible_html

EMPTY = '<span class="value-empty">empty</span>'
UNSEEN = f'<span class="value-hidden" title="{WHY_HIDDEN}">hidden</span>'
NUMBER_KINDS = frozenset({"currency", "double", "int", "integer", "number", "percent", "decimal"})
EXACT_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
# The spellings that a CRM sends; the rarer ones of ISO 8601 stay text.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T[0-9:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?")
# Beyond this many digits grouping helps nobody, and an exponent could ask for megabytes of zeros.
LONGEST_NUMBER = 40
WHOLE_FLOATS = 2**53
CURRENCY = re.compile(r"[A-Z]{3}")
MINOR_DIGITS = 2


def value_html(value: Any, kind: str = "") -> str:
    """
    Return `value` as safe HTML; `kind` is the field's type in the CRM, when it is known.

    Money may name its currency behind a colon: currency:EUR.
    """
    if is_hidden(value):
        return UNSEEN
    if isinstance(value, Named):
        return named_html(value)
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return number_text(exact(value), kind)
    if isinstance(value, dt.date):
        return moment_html(value)
    if isinstance(value, str):
        return string_html(value, kind)
    as_json = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return f"<code>{visible_html(as_json)}</code>"


def exact(value: float | Decimal) -> Decimal:
    """Return a number as it is written in decimal digits."""
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE_FLOATS:
        # JSON from the CRM writes 250000 as 250000.0; the decimal point says nothing.
        value = int(value)
    return Decimal(str(value))


def named_html(value: Named) -> str:
    """Return what people call a value, with the value itself behind it."""
    raw = f'<span class="value-raw">{visible_html(str(value))}</span>'
    return f"<bdi>{visible_html(value.words)}</bdi> {raw}"


def string_html(value: str, kind: str) -> str:
    """Return a string as its kind says, or as it stands when it is not of that kind."""
    if not value.strip(" \n\t"):
        return blank_html(value)
    if kind.partition(":")[0] in NUMBER_KINDS and EXACT_NUMBER.fullmatch(value):
        return number_text(Decimal(value), kind)
    if kind in ("date", "datetime") and (moment := parsed_moment(value)):
        return moment_html(moment)
    return f"<bdi>{visible_html(value)}</bdi>"


def blank_html(value: str) -> str:
    """Say of a text without a visible character how long it is: it is not empty."""
    unit = "character" if len(value) == 1 else "characters"
    return f'<span class="value-empty">blank, {len(value)} {unit}</span>'


def number_text(value: Decimal, kind: str = "") -> str:
    """Return a number with its thousands grouped and every digit kept."""
    if not value.is_finite() or abs(value.adjusted()) > LONGEST_NUMBER:
        return str(value)
    kind, _, currency = kind.partition(":")
    grouped = f"{value:,f}{'%' if kind == 'percent' else ''}"
    if not CURRENCY.fullmatch(currency):
        return grouped
    # A code says which dollar it is, and every reader knows where it stands.
    return f"{currency}\N{NO-BREAK SPACE}{money(value)}"


def money(value: Decimal) -> str:
    """Return an amount with every digit, and never with half a cent's place: 0.5 is 0.50."""
    whole, point, fraction = f"{value:,f}".partition(".")
    return f"{whole}{point}{fraction.ljust(MINOR_DIGITS, '0')}" if point else whole


def parsed_moment(text: str) -> dt.date | None:
    """Return the ISO date or time that `text` spells, or None."""
    spelled = MOMENT.fullmatch(text)
    if spelled is None:
        return None
    try:
        return dt.datetime.fromisoformat(text) if spelled[1] else dt.date.fromisoformat(text)
    except ValueError:
        return None


def moment_html(value: dt.date) -> str:
    """Return a date or time in words, with the exact value behind it."""
    return f'<time datetime="{value.isoformat()}">{moment_text(value)}</time>'


def moment_text(value: dt.date) -> str:
    """Return 21 Nov 2026, or 21 Nov 2026, 10:04 UTC (the reader's zone); seconds if any."""
    if not isinstance(value, dt.datetime):
        return f"{value.day} {value:%b %Y}"
    shown = local(value)
    seconds = f":{shown:%S}" if shown.second else ""
    zone = f" {shown:%Z}" if shown.tzinfo else ""
    return f"{shown.day} {shown:%b %Y}, {shown:%H:%M}{seconds}{zone}"
