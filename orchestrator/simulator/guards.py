"""
Conditional requests on rows.

If-Unmodified-Since is compared with the date of the last change by a user, at the grain of an HTTP
date: one second. A second change within the same second goes unseen, as it does in a real org.
ETags exist for accounts only. That a DELETE knows no conditions is documented, what becomes of its
header is not: a switch says.
"""

import base64
import datetime as dt
import hashlib
import json
import re

from orchestrator.simulator import clock
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import ApiError, Refusal, refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.store import Row
from orchestrator.simulator.switches import BODY_412

ETAGS = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*')
ETAG = re.compile(r'"([^"]*)"')


def has_etag(kind: ObjectType) -> bool:
    """Say whether rows of this type have an ETag."""
    return kind.name == "Account"


def etag(row: Row) -> str:
    """Return the ETag of a row: a hash of all it holds."""
    text = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()[:18]).decode()
    return f'"{digest}=--gzip"'


def check_headers(call: Call, kind: ObjectType) -> None:
    """
    Refuse conditions that cannot be read.

    :raises Refusal: 400
    """
    _moment(call, "if-unmodified-since")
    if has_etag(kind):
        for name in ("if-match", "if-none-match"):
            text = call.asked_for(name)
            if text is not None and text.strip() != "*" and not ETAGS.fullmatch(text):
                raise _bad_header(name, text)


def check_row(call: Call, kind: ObjectType, row: Row) -> None:
    """
    Refuse to touch a row that is not as the call expects it.

    :raises Refusal: 412
    """
    wanted = _moment(call, "if-unmodified-since")
    if wanted is not None and last_change(call.context, row) > wanted:
        raise failed(call.context)
    if not has_etag(kind):
        return
    if call.asked_for("if-match") is not None and not _matches(call, "if-match", row):
        raise failed(call.context)
    if call.method == "PATCH" and _matches(call, "if-none-match", row):
        raise failed(call.context)


def check_delete(call: Call, row: Row) -> None:
    """
    Treat the condition of a DELETE as the org's switch says.

    :raises Refusal: 412 or 400
    """
    how = call.context.org.switches["guard_on_delete"]
    if how == "ignored" or call.asked_for("if-unmodified-since") is None:
        return
    if how == "refused":
        raise _bad_header("if-unmodified-since", "not supported for DELETE")
    wanted = _moment(call, "if-unmodified-since")
    if wanted is not None and last_change(call.context, row) > wanted:
        raise failed(call.context)


def not_modified(call: Call, kind: ObjectType, row: Row) -> Answer | None:
    """Return the 304 of a read whose reader has the row already, or None."""
    if has_etag(kind) and _matches(call, "if-none-match", row):
        return Answer(304)
    since = _moment(call, "if-modified-since", strict=False)
    return Answer(304) if since is not None and last_change(call.context, row) <= since else None


def row_headers(call: Call, kind: ObjectType, row: Row) -> dict[str, str]:
    """Return the validators of a row."""
    headers = {"Last-Modified": clock.http_date(last_change(call.context, row))}
    return {**headers, "ETag": etag(row)} if has_etag(kind) else headers


def last_change(context: Context, row: Row) -> dt.datetime:
    """Return when a row last changed, as far as conditions are concerned."""
    system = context.org.switches["guard_uses_system_modstamp"]
    names = ("SystemModstamp",) if system else ("LastModifiedDate", "CreatedDate")
    text = next(str(row[name]) for name in names if row.get(name))
    return clock.read(text).replace(microsecond=0)


def _moment(call: Call, name: str, *, strict: bool = True) -> dt.datetime | None:
    text = call.asked_for(name)
    if text is None:
        return None
    try:
        return clock.read_http_date(text)
    except ValueError:
        if strict:
            raise _bad_header(name, text) from None
        return None


def _matches(call: Call, name: str, row: Row) -> bool:
    text = call.asked_for(name)
    if text is None:
        return False
    return text.strip() == "*" or etag(row).strip('"') in ETAG.findall(text)


def failed(context: Context) -> Refusal:
    """Return the refusal of a row that is not as the call expects it."""
    body = context.org.switches[BODY_412]
    if body == "empty":
        return Refusal(412)
    return Refusal(412, ApiError(body, "The record has been modified since the given date.", ()))


def _bad_header(name: str, text: str) -> Refusal:
    title = "-".join(part.capitalize() for part in name.split("-"))
    return refusal("INVALID_HEADER", f"Invalid value for header {title}: {text[:100]}")
