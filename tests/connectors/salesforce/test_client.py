"""One request: one fresh sign-in, no repeats, and every failure by its right name."""

import threading
import time
from types import SimpleNamespace

import pytest

from orchestrator.connectors.errors import (
    NotPermitted,
    OutcomeUnknown,
    QuotaExceeded,
    Rejected,
    Transient,
    Unauthorised,
)
from orchestrator.connectors.salesforce import client as client_module
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.session import OrgSession
from tests.connectors.salesforce.conftest import make_client
from tests.connectors.scripted_org import Answer, free_port

GUARDED = {
    "compositeRequest": [{"httpHeaders": {"If-Unmodified-Since": "Wed, 18 Nov 2026 08:00:00 GMT"}}]
}


def refusal(code: str, text: str = "") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": text}]


class TestReLogin:
    def test_sends_the_same_request_with_its_guards_after_a_fresh_sign_in(self, org):
        org.dead_tokens.add("token-1")

        assert make_client(org).post("composite", GUARDED, writes=True) == {"ok": True}

        first, second = org.calls
        assert (first.method, first.path, first.json) == (second.method, second.path, second.json)
        assert second.json == GUARDED
        assert second.headers["Authorization"] == "Bearer token-2"

    def test_never_loops_when_no_token_is_ever_good_enough(self, org):
        org.dead_tokens.update(f"token-{number}" for number in range(100))
        with pytest.raises(Unauthorised):
            make_client(org).post("composite", GUARDED, writes=True)
        assert (len(org.calls), org.sign_ins) == (2, 2)

    def test_survives_a_401_whose_body_is_not_a_list(self, org):
        org.answers.append(Answer(status=401, body="<html>who are you</html>"))
        assert make_client(org).get("limits") == {"ok": True}
        assert org.sign_ins == 2

    def test_asks_for_no_new_session_when_it_is_of_the_wrong_kind(self, org):
        text = "This session is not valid for use with the REST API"
        org.answers.append(Answer(status=401, body=refusal("INVALID_SESSION_ID", text)))
        with pytest.raises(Unauthorised, match="not valid for use"):
            make_client(org).get("limits")
        assert org.sign_ins == 1

    def test_makes_one_sign_in_for_twelve_threads_with_a_dead_token(self, org):
        client = make_client(org)
        client.get("limits")
        org.dead_tokens.add("token-1")
        start = threading.Barrier(12)
        answers = []

        def ask():
            start.wait()
            answers.append(client.post("composite", GUARDED, writes=True))

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)

        assert answers == [{"ok": True}] * 12
        assert org.sign_ins == 2


class TestTooLate:
    def test_sends_no_write_that_others_may_have_given_up(self, org):
        with pytest.raises(Transient):
            make_client(org).post("composite", GUARDED, writes=True, latest=time.monotonic() - 1)

        assert org.calls == []

    def test_sends_no_second_one_when_the_sign_in_between_took_too_long(self, org, monkeypatch):
        org.dead_tokens.add("token-1")
        looks = iter([0.0, 20.0])
        monkeypatch.setattr(client_module, "time", SimpleNamespace(monotonic=lambda: next(looks)))

        with pytest.raises(Transient):
            make_client(org).post("composite", GUARDED, writes=True, latest=15.0)

        assert (len(org.calls), org.sign_ins) == (1, 2)


class TestFailuresOfAWrite:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(breaks="cut"),
            Answer(breaks="half", body='{"compositeResponse": []}'),
            Answer(breaks="silent"),
            Answer(status=500, body="<html>oops</html>"),
            Answer(status=500, body=refusal("UNKNOWN_EXCEPTION")),
            Answer(status=502, body="<html>gateway</html>"),
            Answer(status=504, body=""),
            Answer(status=200, body="<html>welcome</html>"),
            Answer(status=200, body="null"),
            Answer(status=400, body=refusal("QUERY_TIMEOUT")),
        ],
    )
    def test_leave_the_outcome_unknown_when_it_may_have_happened(self, org, short_timeouts, answer):
        org.answers.append(answer)
        with pytest.raises(OutcomeUnknown):
            make_client(org).post("composite", GUARDED, writes=True)
        assert len(org.calls) == 1

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            (Answer(status=503, body=refusal("SERVER_UNAVAILABLE")), Transient),
            (Answer(status=503, body="<html>busy</html>"), Transient),
            (
                Answer(status=403, body=refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests")),
                Transient,
            ),
            (
                Answer(status=403, body=refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit")),
                QuotaExceeded,
            ),
            (Answer(status=403, body=refusal("API_DISABLED_FOR_ORG")), Unauthorised),
            (Answer(status=403, body=refusal("INSUFFICIENT_ACCESS")), NotPermitted),
            (Answer(status=400, body=refusal("JSON_PARSER_ERROR")), Rejected),
            (Answer(status=302, body="", headers={"Location": "https://evil.example"}), Rejected),
        ],
    )
    def test_are_named_when_nothing_was_done(self, org, answer, expected):
        org.answers.append(answer)
        with pytest.raises(expected) as caught:
            make_client(org).post("composite", GUARDED, writes=True)
        assert type(caught.value) is expected
        assert len(org.calls) == 1

    def test_are_transient_when_nobody_listens(self, org):
        working = make_client(org)
        tokens = working._tokens
        tokens.current()
        gone = f"http://127.0.0.1:{free_port()}"
        session = OrgSession(gone)
        client = Client(address=gone, api_version="64.0", session=session, tokens=tokens)
        with pytest.raises(Transient):
            client.post("composite", GUARDED, writes=True)


class TestFailuresOfARead:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(breaks="cut"),
            Answer(breaks="silent"),
            Answer(status=500, body=refusal("UNKNOWN_EXCEPTION")),
            Answer(status=504, body=""),
            Answer(status=200, body="<html>welcome</html>"),
        ],
    )
    def test_are_transient_whatever_happened(self, org, short_timeouts, answer):
        org.answers.append(answer)
        with pytest.raises(Transient):
            make_client(org).get("limits")

    def test_carry_the_code_of_the_crm(self, org):
        org.answers.append(Answer(status=404, body=refusal("NOT_FOUND", "no such thing")))
        with pytest.raises(Rejected, match="no such thing") as caught:
            make_client(org).get("sobjects/Nothing/describe")
        assert caught.value.crm_code == "NOT_FOUND"


class TestNumbers:
    def test_arrive_without_rounding(self, org):
        org.answers.append(Answer(body='{"a": 0.10, "b": 1234567890123456.78, "c": 12}'))
        answer = make_client(org).get("limits")
        assert answer == {"a": 0.1, "b": "1234567890123456.78", "c": 12}
