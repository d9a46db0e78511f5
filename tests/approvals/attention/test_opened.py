"""When a page was shown: the server's own word, for one person and one content."""

import datetime as dt

import pytest
from django.core import signing

from approvals.attention.opened import SALT, opened_at, opened_token, took
from tests.factories import AT

DIGEST = "sha256:one"


@pytest.fixture
def token():
    """Return the note of a page that person 7 was shown."""
    return opened_token(person_id=7, digest=DIGEST, at=AT)


class TestTheNote:
    def test_says_when(self, token):
        assert opened_at(token, person_id=7, digest=DIGEST) == AT
        later = AT + dt.timedelta(seconds=4.25)
        assert took(token, person_id=7, digest=DIGEST, at=later) == dt.timedelta(seconds=4.25)

    def test_is_of_one_person_and_one_content(self, token):
        assert opened_at(token, person_id=8, digest=DIGEST) is None
        assert opened_at(token, person_id=7, digest="sha256:another") is None

    @pytest.mark.parametrize("forged", ["", "x", "a:b", "\x00", "{}", "é:é", "y" * 401])
    def test_cannot_be_made_up(self, forged):
        assert opened_at(forged, person_id=7, digest=DIGEST) is None

    def test_cannot_be_moved(self, token):
        stated, _, signature = token.rpartition(":")
        earlier = opened_token(person_id=7, digest=DIGEST, at=AT - dt.timedelta(hours=1))

        moved = f"{earlier.rpartition(':')[0]}:{signature}"

        assert opened_at(moved, person_id=7, digest=DIGEST) is None
        assert opened_at(stated, person_id=7, digest=DIGEST) is None

    @pytest.mark.parametrize("stated", [[7], [7, DIGEST, "noon"], [7, DIGEST, 1e300], 7, None])
    def test_is_not_what_was_signed_for_something_else(self, stated):
        signed = signing.Signer(salt=SALT).sign_object(stated)

        assert opened_at(signed, person_id=7, digest=DIGEST) is None

    def test_of_the_future_says_nothing(self, token):
        assert took(token, person_id=7, digest=DIGEST, at=AT - dt.timedelta(seconds=1)) is None
