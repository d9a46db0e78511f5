"""Record ids: the only text of a caller that becomes part of a path, so it is checked first."""

import re
from functools import lru_cache
from urllib.parse import quote

from orchestrator.connectors.errors import BadRecordId

RECORD_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}")
API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# Standard objects only: the prefix of a custom object differs from org to org.
KEY_PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "User": "005",
    "Opportunity": "006",
    "OpportunityLineItem": "00k",
    "Lead": "00Q",
    "Task": "00T",
    "Event": "00U",
    "Quote": "0Q0",
    "EmailMessage": "02s",
    "Case": "500",
    "Campaign": "701",
}
OBJECT_BY_PREFIX = {prefix: name for name, prefix in KEY_PREFIXES.items()}


def full_id(record_id: str) -> str:
    """
    Return the 18 characters of a record id given with 15 or 18.

    :raises BadRecordId: if it is not an id, or its last three characters do not fit the others
    """
    if not RECORD_ID.fullmatch(record_id):
        raise BadRecordId(
            f"{record_id[:60]!r} is not a record id: 15 or 18 letters and digits are needed."
        )
    suffix = _suffix(record_id[:15])
    if record_id[15:] not in ("", suffix):
        raise BadRecordId(
            f"{record_id!r} is not a record id: a character is mistyped or has lost its case."
        )
    return record_id[:15] + suffix


def checked_id(object_name: str, record_id: str, key_prefix: str = "") -> str:
    """
    Return the 18 characters of an id that can belong to the object.

    :raises BadRecordId: if it is not an id, or its first characters are those of another object
    """
    checked = full_id(record_id)
    expected = key_prefix or KEY_PREFIXES.get(object_name, "")
    if expected and not checked.startswith(expected):
        raise BadRecordId(
            f"{record_id!r} is not the id of a record of {object_name}: those begin with "
            f"{expected!r}."
        )
    return checked


def checked_name(name: str) -> str:
    """
    Return the API name of an object or field.

    :raises BadRecordId: if it cannot be one
    """
    if not API_NAME.fullmatch(name):
        raise BadRecordId(f"{name[:80]!r} is not the API name of an object or field.")
    return name


def external_id_segment(value: str) -> str:
    """
    Return an external id as one segment of a path.

    :raises BadRecordId: if it has characters other than letters, digits and `_ . : -`
    """
    return quote(checked_external_id(value), safe="")


def checked_external_id(value: str) -> str:
    """
    Return an external id of ours.

    :raises BadRecordId: if it has characters other than letters, digits and `_ . : -`
    """
    if not EXTERNAL_ID.fullmatch(value):
        raise BadRecordId(
            f"{value[:100]!r} is not an external id of ours: up to 100 letters, digits and _ . : -"
        )
    return value


def object_of(record_id: str) -> str:
    """Return the standard object that an id belongs to, or "" for any other."""
    return OBJECT_BY_PREFIX.get(record_id[:3], "")


# A commit meets the id of its record a dozen times on its way.
@lru_cache(maxsize=8192)
def _suffix(fifteen: str) -> str:
    characters = []
    for start in (0, 5, 10):
        block = fifteen[start : start + 5]
        index = sum(1 << bit for bit, character in enumerate(block) if character.isupper())
        characters.append(SUFFIX_ALPHABET[index])
    return "".join(characters)
