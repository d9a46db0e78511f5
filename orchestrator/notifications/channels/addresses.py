"""Addresses of channels: what people enter, checked, and the form in which it may be shown."""

import re
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.channels.destinations import BadDestination, check_address
from orchestrator.notifications.kinds import Kind

EXAMPLES = {
    Kind.EMAIL: "name@example.com",
    Kind.SLACK: "https://hooks.slack.com/services/T…/B…/… or slack://xoxb-…/#room",
    Kind.TEAMS: "https://….logic.azure.com/workflows/…",
    Kind.PAGERDUTY: "pagerduty://<integration key, Events API v2>",
    Kind.OPSGENIE: "opsgenie://<API key>",
    Kind.SMS: "twilio://<account>:<token>@<from>/<to>",
    Kind.WEBHOOK: "https://hooks.example.com/countersign",
}
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
LONGEST = 1000
# apprise's own words for JSON over HTTP.
PLAIN_SCHEMES = {"json": "http", "jsons": "https"}


class BadAddress(DomainError):
    """The address is not one that this kind of channel can use."""

    code, status, title = "bad_channel_address", 422, "Not an address of this kind"


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is stored, and as it may be shown."""

    stored: str
    masked: str


def read_address(kind: str, text: str) -> Address:
    """
    Check an address and return it with its masked form.

    :raises BadAddress: if it is not one of this kind, or leads where nothing may be sent
    """
    text = text.strip()
    if not text or len(text) > LONGEST or any(char.isspace() for char in text):
        raise BadAddress(f"Enter an address such as {EXAMPLES[Kind(kind)]}.")
    try:
        return READERS[Kind(kind)](text)
    except BadDestination as refusal:
        raise BadAddress(refusal.detail) from refusal


def mask_mail(address: str) -> str:
    """Return an e-mail address of which only the first letter and the domain can be read."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def _mail(text: str) -> Address:
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadAddress(f"{EXAMPLES[Kind.EMAIL]} is how an e-mail address looks.") from error
    return Address(text, mask_mail(text))


def _webhook(text: str) -> Address:
    scheme, mark, rest = text.partition("://")
    url = f"{PLAIN_SCHEMES.get(scheme, scheme)}{mark}{rest}"
    check_address(url)
    parts = urlsplit(url)
    if parts.username or parts.password or parts.fragment:
        raise BadAddress("Put no user name or password into the address.")
    return Address(url, f"{parts.scheme}://{parts.hostname}/…")


def _key_of(scheme: str, text: str) -> Address:
    named, _, key = text.partition("://")
    key = key.rstrip("/") if named == scheme else text
    if not KEY.fullmatch(key):
        raise BadAddress(f"Enter {EXAMPLES[Kind(scheme)]}.")
    return Address(f"{scheme}://{key}", f"{scheme}://…{key[-4:]}")


def _pagerduty(text: str) -> Address:
    return _key_of(Kind.PAGERDUTY, text)


def _opsgenie(text: str) -> Address:
    return _key_of(Kind.OPSGENIE, text)


def _apprise(kind: Kind, text: str) -> Address:
    through_apprise = import_module("orchestrator.notifications.channels.through_apprise")
    return Address(text, through_apprise.check(kind, text)[:120])


def _slack(text: str) -> Address:
    return _apprise(Kind.SLACK, text)


def _teams(text: str) -> Address:
    return _apprise(Kind.TEAMS, text)


def _sms(text: str) -> Address:
    return _apprise(Kind.SMS, text)


READERS = {
    Kind.EMAIL: _mail,
    Kind.SLACK: _slack,
    Kind.TEAMS: _teams,
    Kind.PAGERDUTY: _pagerduty,
    Kind.OPSGENIE: _opsgenie,
    Kind.SMS: _sms,
    Kind.WEBHOOK: _webhook,
}
