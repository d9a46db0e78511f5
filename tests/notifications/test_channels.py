"""How each kind of channel sends, and what it never lets out."""

import json
import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes
from types import SimpleNamespace
from typing import Any

import httpcore
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from orchestrator.notifications.channels import through_apprise, transports
from orchestrator.notifications.channels.addresses import BadAddress, read_address
from orchestrator.notifications.channels.destinations import (
    post_json,
)
from orchestrator.notifications.channels.parcels import Parcel
from orchestrator.notifications.kinds import Kind
from tests.notifications.receiver import Receiver

pytestmark = pytest.mark.req("I2")
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = (
    "https://prod-1.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64"
    "/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun"
    "&sv=1.0&sig=SECRETSIGNATURE"
)
TWILIO = "twilio://AC" + "1" * 32 + ":" + "2" * 32 + "@15551234567/15557654321"


def a_parcel(**more: Any) -> Parcel:
    """Return a parcel about one proposal."""
    values = {
        "id": "dlv_1",
        "thread": "ntf_1",
        "purpose": "message",
        "urgency": "high",
        "event": "review.opened",
        "title": "A change waits",
        "lines": ("Workflow: Deal hygiene",),
        "url": "https://countersign.example.com/proposals/prp_1/",
        "site": "https://countersign.example.com",
        **more,
    }
    return Parcel(**values)


class Mailbox(Sink):
    """An SMTP server's other end: keeps messages, and refuses one address."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such user"
        if address.startswith("busy"):
            return "451 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


class TestMail:
    def test_carries_an_id_that_stays_and_a_follow_up_in_its_thread(self, mailbox):
        for _ in range(2):
            assert transports.send(Kind.EMAIL, "ben@example.com", a_parcel()).sent
        transports.send(Kind.EMAIL, "ben@example.com", a_parcel(purpose="follow_up", id="dlv_2"))
        first, again, final = mailbox.messages
        assert first["Message-ID"] == again["Message-ID"]
        assert final["In-Reply-To"] == first["Message-ID"] != final["Message-ID"]
        assert first["Auto-Submitted"] == "auto-generated"

    def test_shows_hostile_text_as_text(self, mailbox):
        parcel = a_parcel(lines=("<script>alert(1)</script> & <a href=x>click</a>",))
        transports.send(Kind.EMAIL, "ben@example.com", parcel)
        text, page = (part.get_payload(decode=True) for part in mailbox.messages[0].get_payload())
        assert b"<script>alert(1)</script> & <a" in text
        assert b"&lt;script&gt;" in page
        assert b"<script>" not in page

    def test_refuses_a_title_that_would_begin_another_header(self, mailbox):
        receipt = transports.send(Kind.EMAIL, "ben@example.com", a_parcel(title="x\nBcc: eve@x.y"))
        assert (receipt.sent, mailbox.messages) == (False, [])

    @pytest.mark.parametrize(("name", "permanent"), [("nobody", True), ("busy", False)])
    def test_tells_a_wrong_address_from_a_busy_server(self, mailbox, name, permanent):
        receipt = transports.send(Kind.EMAIL, f"{name}@example.com", a_parcel())
        assert (receipt.sent, receipt.permanent) == (False, permanent)
        assert name not in receipt.words

    def test_says_when_the_server_is_away(self, mailbox, settings):
        settings.EMAIL_PORT = 1
        receipt = transports.send(Kind.EMAIL, "ben@example.com", a_parcel())
        assert (receipt.sent, receipt.permanent) == (False, False)


class TestSlack:
    def test_gets_text_in_which_nothing_is_a_command(self, receiver, monkeypatch):
        self._redirect(monkeypatch, receiver)
        parcel = a_parcel(lines=("<!channel> <https://evil.example|click>",))
        assert transports.send(Kind.SLACK, SLACK, parcel).sent
        (body,) = [body for _, _, body in receiver.got]
        text = str(body)
        assert "<!channel>" not in text
        assert "&lt;!channel&gt;" in text
        assert "image" not in text

    @pytest.mark.parametrize(("status", "permanent"), [(404, True), (429, False), (500, False)])
    def test_tells_a_removed_hook_from_a_busy_one(self, receiver, monkeypatch, status, permanent):
        self._redirect(monkeypatch, receiver)
        path = "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
        receiver.answers[path] = [status]
        receipt = transports.send(Kind.SLACK, SLACK, a_parcel())
        assert (receipt.sent, receipt.permanent) == (False, permanent)
        assert receipt.words == f"HTTP {status}"

    @staticmethod
    def _redirect(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
        service = type(through_apprise._service(Kind.SLACK, SLACK))
        monkeypatch.setattr(service, "webhook_url", f"{receiver.address}/services")


class TestTeams:
    def test_gets_a_card_in_which_only_our_own_link_is_one(self, monkeypatch):
        posted: list[Any] = []

        def post(url: str, **sent: Any) -> Any:
            posted.append((url, sent))
            return SimpleNamespace(status_code=202, content=b"")

        monkeypatch.setattr("requests.post", post)
        hostile = a_parcel(
            title="[a](https://evil.example)", lines=("*b* [c](https://evil.example)",)
        )
        assert transports.send(Kind.TEAMS, TEAMS, hostile).sent
        ((_, sent),) = posted
        title, body = (
            each["text"] for each in json.loads(sent["data"])["attachments"][0]["content"]["body"]
        )
        assert title == r"\[a\](https://evil.example)"
        assert body.startswith(r"\*b\* \[c\](https://evil.example)")
        assert body.endswith(
            "[Open in Countersign](https://countersign.example.com/proposals/prp_1/)"
        )
        assert (sent["allow_redirects"], sent["verify"], sent["timeout"]) == (False, True, (10, 10))


class TestTextMessages:
    def test_say_the_title_and_where_to_look(self, monkeypatch):
        posted: list[dict[str, Any]] = []
        service = through_apprise._service(Kind.SMS, TWILIO)

        def send(self: Any, **sent: Any) -> bool:
            posted.append(sent)
            return True

        monkeypatch.setattr(type(service), "send", send)
        long = a_parcel(title="t" * 900, lines=("never sent",))
        assert transports.send(Kind.SMS, TWILIO, long).sent
        (sent,) = posted
        assert len(sent["body"]) <= 300
        assert sent["body"].endswith("\nhttps://countersign.example.com/proposals/prp_1/")


class TestAddresses:
    @pytest.mark.parametrize(
        ("kind", "text", "secret"),
        [
            (Kind.EMAIL, "benjamin@example.com", "benjamin"),
            (Kind.SLACK, SLACK, "TIiajkdnlazkcOXrIdevi7FQ"),
            (Kind.TEAMS, TEAMS, "SECRETSIGNATURE"),
            (Kind.SMS, TWILIO, "2" * 20),
            (Kind.PAGERDUTY, "pagerduty://" + "a1b2" * 8, "a1b2a1b2"),
            (Kind.OPSGENIE, "opsgenie://" + "a1b2" * 9, "a1b2a1b2"),
            (Kind.WEBHOOK, "https://hooks.example.com/secret?key=1", "secret"),
        ],
    )
    def test_are_kept_whole_and_shown_masked(self, kind, text, secret):
        address = read_address(kind, text)
        assert secret in address.stored
        assert address.masked
        assert secret not in address.masked

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            (Kind.EMAIL, "not an address"),
            (Kind.EMAIL, "a@example.com\nBcc:b@example.com"),
            (Kind.SLACK, "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"),
            (Kind.SLACK, "file:///etc/passwd"),
            (Kind.TEAMS, TEAMS.replace("prod-1.westeurope.logic.azure.com", "evil.example.com")),
            (Kind.SMS, SLACK),
            (Kind.PAGERDUTY, "pagerduty://short"),
            (Kind.WEBHOOK, "http://hooks.example.com/"),
            (Kind.WEBHOOK, "https://127.0.0.1/"),
            (Kind.WEBHOOK, "https://[::1]/"),
            (Kind.WEBHOOK, "https://[::1/"),
            (Kind.WEBHOOK, "https://hooks.example.com:99999/"),
            (Kind.WEBHOOK, "https://[::ffff:10.0.0.1]/"),
            (Kind.WEBHOOK, "https://[64:ff9b::a00:1]/"),
            (Kind.WEBHOOK, "https://224.0.0.1/"),
            (Kind.WEBHOOK, "https://169.254.169.254/latest/meta-data"),
            (Kind.WEBHOOK, "https://localhost/"),
            (Kind.WEBHOOK, "https://redis:6379/"),
            (Kind.WEBHOOK, "https://user:pass@hooks.example.com/"),
            (Kind.WEBHOOK, "ftp://hooks.example.com/"),
        ],
    )
    def test_are_refused_when_they_lead_somewhere_else(self, kind, text):
        with pytest.raises(BadAddress):
            read_address(kind, text)


class TestDestinations:
    def test_are_not_reached_by_a_name_that_leads_into_a_network(self, monkeypatch):
        monkeypatch.setattr(socket, "getaddrinfo", _leads_to("93.184.216.34", "10.0.0.1"))
        receipt = post_json("https://rebound.example.com/", {})
        assert (receipt.sent, receipt.permanent) == (False, True)

    def test_are_connected_to_by_the_number_that_was_checked(self, monkeypatch):
        """Looked up once: what the name would lead to a moment later does not count."""
        connected: list[tuple[str, int]] = []

        def connect(self: Any, host: str, port: int, *more: Any) -> Any:
            connected.append((host, port))
            raise httpcore.ConnectError("no way there")

        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
        monkeypatch.setattr(socket, "getaddrinfo", _leads_to("93.184.216.34"))
        receipt = post_json("https://hooks.example.com/", {})
        assert connected == [("93.184.216.34", 443)]
        assert (receipt.sent, receipt.permanent) == (False, False)

    def test_are_not_reached_by_a_redirect(self, receiver):
        receiver.answers["/moved"] = [302]
        receipt = post_json(f"{receiver.address}/moved", {})
        assert (receipt.sent, receipt.permanent, receipt.words) == (False, True, "HTTP 302")


def test_a_broken_channel_is_a_failed_attempt_and_nothing_more(caplog):
    with caplog.at_level(logging.DEBUG):
        receipt = transports.send(Kind.SLACK, "slack://broken", a_parcel())
        transports.send(Kind.SLACK, SLACK.replace("hooks.slack.com", "x.invalid"), a_parcel())
    assert not receipt.sent
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in caplog.text


def _leads_to(*numbers: str) -> Any:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (n, 443)) for n in numbers]
