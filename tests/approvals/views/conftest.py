"""What the tests of the desk share: the people of the cast, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import get_user


@pytest.fixture
def signed_in() -> Callable[[str], Client]:
    """Return a browser without a script in which this person of the cast has signed in."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(get_user(username))
        return client

    return sign_in
