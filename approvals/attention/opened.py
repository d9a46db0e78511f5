"""
When a page was shown: a signed note in its form, made as it is rendered, sent back with the vote.

The moment is the server's own. Nobody can make one up, take somebody else's or that of another
revision; whoever leaves it out is counted as unknown. Looking changes nothing.
"""

import datetime as dt

from django.core import signing

SALT = "approvals.attention.opened"
# Of what is shown together: see approvals/bulk_checks.py.
LONGEST = 400


def opened_token(*, person_id: int, digest: str, at: dt.datetime) -> str:
    """Return the note that this person was shown this content now."""
    stated = [person_id, digest, at.timestamp()]
    return signing.Signer(salt=SALT).sign_object(stated)


def opened_at(token: str, *, person_id: int, digest: str) -> dt.datetime | None:
    """Return when the person was shown the content, or None where nothing says so."""
    if not token or len(token) > LONGEST:
        return None
    try:
        whose, what, moment = signing.Signer(salt=SALT).unsign_object(token)
        if (whose, what) != (person_id, digest):
            return None
        return dt.datetime.fromtimestamp(moment, tz=dt.UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None


def took(token: str, *, person_id: int, digest: str, at: dt.datetime) -> dt.timedelta | None:
    """Return how long the person had it before them, or None where nothing says so."""
    since = opened_at(token, person_id=person_id, digest=digest)
    # Two machines' clocks may disagree: then nobody knows.
    return at - since if since is not None and since <= at else None
