"""One sign-in for everybody."""

import threading
from collections.abc import Callable

import jwt
import pytest
import redis
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache

from orchestrator.connectors.errors import Transient, Unauthorised
from orchestrator.connectors.salesforce import shared
from orchestrator.connectors.salesforce.session import OrgSession
from orchestrator.connectors.salesforce.tokens import TokenProvider, fingerprint
from tests.connectors.scripted_org import USER_ID, Answer, ScriptedOrg, free_port


def provider(org: ScriptedOrg, **changes: str) -> TokenProvider:
    return TokenProvider(credentials=org.credentials(**changes), session=OrgSession(org.address))


def together(work: Callable[[], str], count: int) -> list[str]:
    """Run `work` in many threads that start at one moment; return what each returned."""
    start = threading.Barrier(count)
    results: list[str] = []

    def one() -> None:
        start.wait()
        results.append(work())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


class TestCurrent:
    def test_signs_in_once_and_keeps_the_token(self, org):
        tokens = provider(org)
        assert tokens.current() == tokens.current()
        assert tokens.current().user_id == USER_ID
        assert org.sign_ins == 1

    def test_shares_the_token_with_other_processes_encrypted(self, org):
        first, second = provider(org), provider(org)
        assert first.current().value == second.current().value == "token-1"
        assert org.sign_ins == 1
        kept = cache.get(f"crm-token:{fingerprint(org.credentials())}")
        assert b"token-1" not in kept

    def test_signs_in_anew_with_changed_credentials(self, org):
        provider(org).current()
        assert provider(org, secret="another").current().value == "token-2"

    def test_does_without_redis(self, org, monkeypatch, settings):
        settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
        monkeypatch.setattr(shared, "_client", shared._client.__wrapped__)
        monkeypatch.setattr(shared, "cache", UnreachableCache())
        assert provider(org).current().value == "token-1"

    def test_shows_no_secret_when_printed(self, org):
        token = provider(org).current()
        assert token.value not in repr(token)
        assert "secret'" not in repr(org.credentials())


class TestRenew:
    def test_makes_one_sign_in_for_twelve_threads_with_a_dead_token(self, org):
        tokens = provider(org)
        dead = tokens.current()

        fresh = together(lambda: tokens.renew(dead).value, 12)

        assert fresh == ["token-2"] * 12
        assert org.sign_ins == 2

    def test_makes_one_sign_in_for_twelve_processes_with_a_dead_token(self, org):
        providers = [provider(org) for _ in range(12)]
        dead = [each.current() for each in providers][-1]
        waiting = iter(providers)

        fresh = together(lambda: next(waiting).renew(dead).value, 12)

        assert fresh == ["token-2"] * 12
        assert org.sign_ins == 2


class TestSignIn:
    def test_sends_client_credentials_in_the_header_and_not_in_the_form(self, org):
        provider(org).current()
        asked = org.asked[0]
        assert asked.body == "grant_type=client_credentials"
        assert asked.headers["Authorization"].startswith("Basic ")

    def test_signs_an_assertion_with_the_private_key(self, org):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

        provider(org, sign_in="jwt_bearer", username="bot@acme.example", secret=pem).current()

        assertion = org.asked[0].body.rsplit("assertion=", 1)[1]
        claims = jwt.decode(assertion, key.public_key(), ["RS256"], audience=org.address)
        assert (claims["iss"], claims["sub"]) == (org.client_id, "bot@acme.example")

    def test_says_that_a_private_key_is_no_key(self, org):
        with pytest.raises(Unauthorised, match="private key"):
            provider(org, sign_in="jwt_bearer", username="x", secret="nonsense").current()
        assert org.asked == []

    def test_sends_the_app_secret_and_the_password_of_a_two_line_secret(self, org):
        secret = "app-secret\npass word"
        provider(org, sign_in="password", username="bot", secret=secret).current()
        assert "client_secret=app-secret" in org.asked[0].body
        assert "password=pass+word" in org.asked[0].body

    def test_does_not_hammer_an_org_that_refuses_the_credentials(self, org):
        org.sign_in_answer = Answer(
            status=400,
            body={"error": "invalid_grant", "error_description": "authentication failure"},
        )
        for tokens in (provider(org), provider(org)):
            with pytest.raises(Unauthorised, match="authentication failure"):
                tokens.current()
        assert org.sign_ins == 1

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(status=503, body="<html>busy</html>"),
            Answer(status=500, body={}),
            Answer(breaks="cut"),
            Answer(body="not json"),
        ],
    )
    def test_calls_an_org_that_is_down_unavailable_and_asks_again(self, org, answer):
        tokens = provider(org)
        org.sign_in_answer = answer
        with pytest.raises(Transient):
            tokens.current()
        org.sign_in_answer = None
        assert tokens.current().value == "token-2"

    def test_refuses_an_answer_without_a_token(self, org):
        org.sign_in_answer = Answer(body={"id": "x"})
        with pytest.raises(Unauthorised, match="no token"):
            provider(org).current()


class UnreachableCache:
    """A cache whose server is gone."""

    def get(self, key):
        raise redis.ConnectionError("gone")

    def set(self, key, value, timeout):
        raise redis.ConnectionError("gone")
