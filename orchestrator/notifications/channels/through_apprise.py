"""
Slack, Teams and text messages through apprise: the one module that knows it.

It takes half a second to load, so only what sends or checks such an address imports it.
"""

import logging
import re
import threading
from typing import Any
from urllib.parse import quote

import apprise
from django.conf import settings

from orchestrator.notifications.channels.destinations import BadDestination, is_listed
from orchestrator.notifications.channels.parcels import Parcel, Receipt, failed, sent
from orchestrator.notifications.kinds import Kind

# What apprise may make of an address, by kind; it knows over a hundred services.
SERVICES = {
    Kind.SLACK: frozenset({"NotifySlack"}),
    Kind.TEAMS: frozenset({"NotifyWorkflows"}),
    Kind.SMS: frozenset({"NotifyTwilio", "NotifySNS"}),
}
TEAMS_HOSTS = (".logic.azure.com", ".api.powerplatform.com", ".logic.azure.us")
ASSET = apprise.AppriseAsset(
    app_id="Countersign",
    app_desc="Countersign",
    http_redirects=False,
    async_mode=False,
    secure_logging=True,
    interpret_escapes=False,
)
STATUS = re.compile(r"error=(\d{3})")
MARKDOWN = apprise.NotifyFormat.MARKDOWN
MARKS = re.compile(r"[\\`*_\[\]<>~#|]")
SAFE_IN_LINKS = ":/?&=#%~+,;@"
LONGEST_TEXT_MESSAGE = 300
LOGGER = logging.getLogger("apprise")


class Overheard(logging.Handler):
    """What apprise logs while one thread sends: it answers yes or no, and says why only there."""

    def __init__(self) -> None:
        """Keep a list of its own for every thread."""
        super().__init__(logging.WARNING)
        self.heard = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the status code that a line names, and nothing else of it."""
        found = STATUS.search(record.getMessage())
        self.heard.status = int(found[1]) if found else getattr(self.heard, "status", 0)


OVERHEARD = Overheard()
# Its lines may name addresses and tokens: they never reach our logs.
LOGGER.propagate = False
LOGGER.setLevel(logging.WARNING)
LOGGER.addHandler(OVERHEARD)


def check(kind: str, address: str) -> str:
    """
    Return the masked form of an address.

    :raises BadDestination: if apprise reads another service in it, or its host is not allowed
    """
    return str(_service(kind, address).url(privacy=True)).partition("?")[0]


def send(kind: str, address: str, parcel: Parcel) -> Receipt:
    """Send one parcel."""
    try:
        service = _service(kind, address)
    except BadDestination as refusal:
        return failed(refusal.detail, permanent=True)
    OVERHEARD.heard.status = 0
    title, body = _words(kind, parcel)
    format_ = MARKDOWN if kind == Kind.TEAMS else apprise.NotifyFormat.TEXT
    if service.notify(title=title, body=body, body_format=format_):
        return sent("Taken by the provider.")
    status = OVERHEARD.heard.status
    if not status:
        return failed("The provider was not reached in time.")
    permanent = 300 <= status < 500 and status not in (408, 429)
    return failed(f"HTTP {status}", permanent=permanent)


def _words(kind: str, parcel: Parcel) -> tuple[str, str]:
    if kind == Kind.SMS:
        room = LONGEST_TEXT_MESSAGE - len(parcel.url) - 1
        return "", f"{parcel.title[:room]}\n{parcel.url}"
    if kind == Kind.TEAMS:
        # A card always reads markdown, and apprise would escape the address but not the title.
        link = f"[Open in Countersign]({quote(parcel.url, safe=SAFE_IN_LINKS)})"
        return _escaped(parcel.title), "\n\n".join([*map(_escaped, parcel.lines), link])
    return parcel.title, parcel.text


def _escaped(text: str) -> str:
    return MARKS.sub(r"\\\g<0>", text)


def _service(kind: str, address: str) -> Any:
    service: Any = apprise.Apprise.instantiate(address, asset=ASSET, suppress_exceptions=True)
    if service is None or type(service).__name__ not in SERVICES[Kind(kind)]:
        raise BadDestination("This is not an address of that service; the page shows an example.")
    if kind == Kind.TEAMS and not _is_of_teams(str(service.host).lower()):
        raise BadDestination(f"{service.host} is not a host of Teams workflows.")
    limit = settings.COUNTERSIGN["notify_timeout_seconds"]
    # Whatever the address asks for: certificates are checked and nobody waits for ever.
    service.verify_certificate = True
    service.redirects = False
    service.socket_connect_timeout = service.socket_read_timeout = limit
    # A picture would be fetched from a host of somebody else's.
    service.include_image = False
    return service


def _is_of_teams(host: str) -> bool:
    return host.endswith(TEAMS_HOSTS) or is_listed(host)
