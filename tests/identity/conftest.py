"""A directory that really answers, and people at the door."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
import requests
from django.core.cache import caches
from django.test import Client
from oidc_provider_mock import run_server_in_thread

from tests.approvals.conftest import record
from tests.factories import PASSWORD

__all__ = ["record"]

SECONDS = 30


@pytest.fixture(autouse=True)
def counters() -> None:
    """Begin every test with nobody having tried anything."""
    caches["limits"].clear()


@dataclass(frozen=True)
class Directory:
    """An OpenID provider on this machine, and a browser's way through it."""

    issuer: str

    def ask(self, client: Client, **form: str) -> str:
        """Press the button; return where the browser is sent."""
        answer = client.post("/account/directory/", form)
        assert answer.status_code == 200, answer.content
        return str(answer.context["address"])

    def answer(self, address: str, sub: str, **claims: object) -> str:
        """Sign in at the directory as somebody of whom it says this; return the way back."""
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=SECONDS)
        sent = requests.post(
            address, data={"sub": sub}, allow_redirects=False, timeout=SECONDS
        ).headers["Location"]
        parts = urlsplit(sent)
        return f"{parts.path}?{parts.query}"

    def sign_in(self, client: Client, sub: str, **claims: object):
        """Go all the way: button, directory, back."""
        return client.get(self.answer(self.ask(client), sub, **claims))


def changed(address: str, **params: str) -> str:
    """Return the address with other values in its query."""
    parts = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | params
    return urlunsplit(parts._replace(query=urlencode(query)))


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """Start a provider for the session; return its issuer."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def directory(provider, settings) -> Directory:
    """Return the directory that this site signs people in with."""
    settings.OIDC = {
        **settings.OIDC,
        "issuer": provider,
        "client_id": "countersign",
        "client_secret": "between-us",
        "name": "Northwind",
    }
    return Directory(provider)


def sign_in(client: Client, username: str = "ben", password: str = PASSWORD, **more: str):
    """Send the form of the sign-in page."""
    return client.post("/sign-in/", {"username": username, "password": password, **more})
