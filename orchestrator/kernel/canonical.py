"""Canonical JSON (RFC 8785) and the digests made from it."""

import hashlib
from typing import Any

import rfc8785

from orchestrator.kernel.errors import DomainError

CanonicalizationError = rfc8785.CanonicalizationError


class NotCanonical(DomainError):
    """The value has no exact JSON form, so no digest can bind it."""

    code, status, title = "not_canonical", 422, "A value has no exact form"


def canonical_json(value: Any) -> bytes:
    """
    Return the RFC 8785 form of a JSON value.

    :raises NotCanonical: if a number or text has no exact canonical form
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise NotCanonical(
            f"A value has no exact form ({error}). Send large or precise numbers as strings."
        ) from error


def digest(value: Any) -> str:
    """
    Return `sha256:<hex>` over the canonical form of a JSON value.

    :raises NotCanonical: if the value has no canonical form
    """
    return "sha256:" + hashlib.sha256(canonical_json(value)).hexdigest()
