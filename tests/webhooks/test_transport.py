"""No message leaves for an address that was not checked: a name is looked up exactly once."""

import datetime as dt
import socket

import httpcore
import pytest

from orchestrator.kernel.outbound import transport
from orchestrator.webhooks import signing
from orchestrator.webhooks.replies import Verdict
from orchestrator.webhooks.sending import Parcel, send
from tests.factories import AT

pytestmark = pytest.mark.req("K12")


def parcel(url):
    return Parcel(
        delivery_id="msg_1",
        endpoint_id="whe_1",
        url=url,
        body='{"type":"webhook.test"}',
        claimed_at=AT,
        secrets=(signing.new_secret(),),
    )


def sent(url, **more):
    return send(parcel(url), clock=lambda: AT, **more)


@pytest.fixture
def names(monkeypatch):
    """Return a table of names; looking one up is noted, and takes its next addresses."""
    table: dict[str, list[list[str]]] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host, port, *more, **named):
        if host not in table:
            return real(host, port, *more, **named)
        asked.append(host)
        found = table[host].pop(0) if len(table[host]) > 1 else table[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    table["asked"] = asked  # type: ignore[assignment]  # a list to look at
    return table


class TestPrivateAddresses:
    @pytest.mark.parametrize(
        "addresses", [["127.0.0.1"], ["10.0.0.7"], ["8.8.8.8", "192.168.0.1"], ["169.254.169.254"]]
    )
    def test_are_refused_behind_any_name(self, names, addresses, receiver):
        names["agent.example.com"] = [addresses]

        reply = sent(receiver.url().replace("127.0.0.1", "agent.example.com"))

        assert (reply.verdict, reply.status) == (Verdict.TROUBLED, None)
        assert "not on the public internet" in reply.words
        assert receiver.received == []

    def test_are_refused_without_a_name(self, settings, receiver):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "webhook_allow_http_hosts": []}

        reply = sent(receiver.url())

        assert "not on the public internet" in reply.words
        assert receiver.received == []

    def test_gain_nothing_by_a_second_answer(self, names, monkeypatch, receiver):
        """The name is public when it is checked and would be ours when it is used."""
        names["agent.example.com"] = [["8.8.8.8"], ["127.0.0.1"]]
        connected = []

        def connect(self, host, port, *more):
            connected.append(host)
            raise httpcore.ConnectError("no way there")

        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
        reply = sent(receiver.url().replace("127.0.0.1", "agent.example.com"))

        assert names["asked"] == ["agent.example.com"]
        assert connected == ["8.8.8.8"]
        assert reply.verdict == Verdict.TROUBLED

    def test_are_fine_behind_a_name_that_the_operator_lists(self, names, settings, receiver):
        listed = ["127.0.0.1", "agent.intranet"]
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "webhook_allow_http_hosts": listed}
        names["agent.intranet"] = [["127.0.0.1"]]

        assert sent(receiver.url().replace("127.0.0.1", "agent.intranet")).status == 204
        assert receiver.received[0].headers["host"].startswith("agent.intranet:")


class TestSend:
    def test_signs_what_it_sends(self, receiver):
        reply = sent(receiver.url("/hook?a=b"))

        (got,) = receiver.received
        assert (reply.verdict, reply.status) == (Verdict.DELIVERED, 204)
        assert (got.path, got.body) == ("/hook?a=b", b'{"type":"webhook.test"}')
        assert got.headers["webhook-timestamp"] == str(int(AT.timestamp()))
        assert got.headers["content-type"] == "application/json"

    def test_follows_no_redirect(self, receiver):
        receiver.answers.append((302, {"Location": receiver.url("/elsewhere")}, b""))

        reply = sent(receiver.url())

        assert (reply.verdict, reply.status) == (Verdict.REFUSED, 302)
        assert [each.path for each in receiver.received] == ["/hook"]

    def test_keeps_the_connection_for_the_next_message(self, receiver, monkeypatch):
        sent(receiver.url())
        monkeypatch.setattr(
            transport, "checked_addresses", lambda *unused: pytest.fail("It connected again.")
        )

        assert sent(receiver.url()).status == 204

    def test_reads_no_more_than_it_needs(self, receiver):
        receiver.answers.append((500, {}, b"x" * 5_000_000))

        reply = sent(receiver.url())

        assert (reply.status, len(reply.answer)) == (500, 2000)

    def test_keeps_an_answer_that_is_no_text(self, receiver):
        receiver.answers.append((500, {}, b"\xff\x00ok"))

        assert sent(receiver.url()).answer == "\ufffd\ufffdok"

    def test_waits_no_longer_than_its_time_for_an_answer(self, receiver):
        receiver.answers.append("wait")

        reply = sent(receiver.url(), timeout=0.2)

        assert (reply.verdict, reply.status) == (Verdict.TROUBLED, None)
        assert reply.words == "No answer within 0.2 seconds."

    def test_is_not_kept_by_an_answer_that_drips(self, receiver):
        receiver.answers.append("drip")

        reply = sent(receiver.url(), timeout=0.3)

        assert reply.words == "No answer within 0.3 seconds."
        assert reply.milliseconds < 3000

    def test_says_so_where_the_connection_is_cut(self, receiver):
        receiver.answers.append("cut")

        reply = sent(receiver.url())

        assert (reply.verdict, reply.status) == (Verdict.TROUBLED, None)
        assert reply.words.startswith("No answer:")

    def test_hears_for_how_long_to_wait(self, receiver):
        receiver.answers.append((429, {"Retry-After": "90"}, b""))

        assert sent(receiver.url()).retry_after == dt.timedelta(seconds=90)
