"""Fetching calendars: only from the public internet, and only so much."""

import socket

import httpx
import pytest

from orchestrator.oncall import fetching
from orchestrator.oncall.calendar_reading import BadCalendar

ADDRESS = "https://calendar.example.com/rota.ics"


def answering(monkeypatch, respond):
    monkeypatch.setattr(fetching, "Transport", lambda vouched: httpx.MockTransport(respond))


class TestFetch:
    def test_returns_the_text(self, monkeypatch):
        answering(
            monkeypatch,
            lambda request: httpx.Response(200, stream=httpx.ByteStream(b"BEGIN:VCALENDAR")),
        )

        assert fetching.fetch(ADDRESS) == "BEGIN:VCALENDAR"

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(302, headers={"Location": "https://169.254.169.254/"}),
            httpx.Response(500),
            httpx.Response(200, stream=httpx.ByteStream(b"x" * 1_000_001)),
        ],
    )
    def test_follows_no_redirect_and_swallows_no_flood(self, monkeypatch, answer: httpx.Response):
        asked = []

        def respond(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return answer

        answering(monkeypatch, respond)
        with pytest.raises(BadCalendar):
            fetching.fetch(ADDRESS)
        assert len(asked) == 1

    @pytest.mark.parametrize("number", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
    def test_never_connects_to_a_private_address_whatever_its_name(self, monkeypatch, number):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
        with pytest.raises(BadCalendar, match="not on the public internet"):
            fetching.fetch(ADDRESS)

    def test_says_that_nothing_answered(self, monkeypatch):
        def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectTimeout("Too slow.", request=request)

        answering(monkeypatch, refuse)
        with pytest.raises(BadCalendar, match="could not be fetched"):
            fetching.fetch(ADDRESS)
