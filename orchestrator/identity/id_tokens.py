"""Reading the directory's token: signed by a key that the directory publishes, for us, in time."""

from collections.abc import Mapping
from typing import Any

import jwt

# Keys that only the directory has the private half of; a shared secret could be anybody's.
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
CLOCKS_DIFFER_SECONDS = 60


class BadToken(Exception):
    """The token is not what the directory would send us."""


def read(token: str, *, keys: Mapping[str, Any], issuer: str, audience: str) -> dict[str, Any]:
    """
    Return what a token says.

    :raises BadToken: if it is not signed by one of the keys, not for us, or out of time
    """
    try:
        header = jwt.get_unverified_header(token)
        key = _key(keys, header.get("kid"))
        said: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=ALGORITHMS,
            audience=audience,
            issuer=issuer,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise BadToken(str(error)) from error
    return said


def _key(keys: Mapping[str, Any], kid: object) -> jwt.PyJWK:
    """Return the key that is named, or the only one: a directory with one key need not name it."""
    published = [key for key in keys.get("keys") or () if key.get("use", "sig") == "sig"]
    named = [key for key in published if key.get("kid") == kid] if kid else published
    if len(named) != 1:
        raise BadToken("no such key")
    return jwt.PyJWK.from_dict(named[0])
