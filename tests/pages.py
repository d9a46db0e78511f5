"""Visiting pages without a browser: somebody signed in, what an address shows, what it says."""

import re
from typing import Any

from django.test import Client

from orchestrator.people.models import User
from tests.registry_factories import get_user


def signed_in(person: User | str) -> Client:
    """Return a client in which this person, or the one of the cast by this name, is signed in."""
    client = Client()
    client.force_login(get_user(person) if isinstance(person, str) else person)
    return client


def shown(client: Client, address: str) -> str:
    """Return the source of a page that is there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def text_of(answer: Any) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
