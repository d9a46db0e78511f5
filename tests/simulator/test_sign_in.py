"""The OAuth flows, SOAP login, and sessions."""

import datetime as dt
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.testclient import TestClient

from tests.simulator.conftest import BASE, PASSWORD, SECRET, Api, error_of

MAYA = "maya.ruiz@northwind-labs.example"
CLIENT = "countersign-client"


def token(client: TestClient, **form: str) -> Any:
    return client.post("/services/oauth2/token", data=form)


class TestClientCredentials:
    def test_opens_a_session_of_the_integration_user(self, client):
        answer = client.post(
            "/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(CLIENT, SECRET),
        )

        body = answer.json()
        assert answer.status_code == 200
        assert body["token_type"] == "Bearer"
        assert body["id"].endswith(client.get("/__sim__/keys").json()["ids"]["integration"])
        assert {"instance_url", "signature", "scope", "issued_at"} <= set(body)

    @pytest.mark.parametrize(
        ("client_id", "secret", "error"),
        [(CLIENT, "wrong", "invalid_client"), ("nobody", SECRET, "invalid_client_id")],
    )
    def test_refuses_a_wrong_client(self, client, client_id, secret, error):
        answer = token(
            client, grant_type="client_credentials", client_id=client_id, client_secret=secret
        )

        assert answer.status_code == 400
        assert answer.json()["error"] == error

    def test_says_which_grant_is_missing_or_unknown(self, client):
        assert token(client).json()["error"] == "invalid_request"
        assert token(client, grant_type="magic").json()["error"] == "unsupported_grant_type"


class TestPassword:
    @pytest.mark.parametrize("password", [PASSWORD, f"{PASSWORD}SecurityToken"])
    def test_opens_a_session_of_that_user(self, client, password):
        answer = token(
            client, grant_type="password", client_id=CLIENT, client_secret=SECRET,
            username=MAYA, password=password,
        )  # fmt: skip

        assert answer.json()["id"].endswith(client.get("/__sim__/keys").json()["ids"]["maya_ruiz"])

    def test_refuses_a_wrong_password(self, client):
        answer = token(
            client, grant_type="password", client_id=CLIENT, client_secret=SECRET,
            username=MAYA, password="guess",
        )  # fmt: skip

        assert (answer.status_code, answer.json()) == (
            400,
            {"error": "invalid_grant", "error_description": "authentication failure"},
        )


class TestJwtBearer:
    KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @pytest.fixture
    def registered(self, client):
        public = self.KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        client.post("/__sim__/jwt-key", json={"public_key": public.decode()})
        return client

    def claims(self, **more: Any) -> dict[str, Any]:
        return {
            "iss": CLIENT, "sub": MAYA, "aud": "https://login.salesforce.com",
            "exp": str(int(time.time()) + 180), **more,
        }  # fmt: skip

    def ask(self, client, key=KEY, **more: Any) -> Any:
        assertion = jwt.api_jws.PyJWS().encode(
            json.dumps(self.claims(**more)).encode(), key, algorithm="RS256"
        )
        grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        return token(client, grant_type=grant, assertion=assertion)

    def test_takes_an_expiry_that_is_text(self, registered):
        answer = self.ask(registered)

        assert answer.status_code == 200, answer.text
        assert "refresh_token" not in answer.json()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"exp": str(int(dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()))},
            {"sub": "nobody@example.com"},
            {"aud": "https://evil.example"},
        ],
    )
    def test_refuses_a_wrong_claim(self, registered, wrong):
        answer = self.ask(registered, **wrong)

        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_refuses_a_signature_by_another_key(self, registered):
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

        assert self.ask(registered, key=other).json()["error"] == "invalid_grant"

    def test_refuses_everything_while_no_key_is_registered(self, client):
        assert self.ask(client).json()["error"] == "invalid_grant"


class TestSoapLogin:
    BODY = (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        '<n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{}</n1:username>'
        "<n1:password>{}</n1:password></n1:login></env:Body></env:Envelope>"
    )

    def test_returns_a_session_that_works(self, client):
        answer = client.post("/services/Soap/u/59.0", content=self.BODY.format(MAYA, PASSWORD))

        session = answer.text.split("<sessionId>")[1].split("<")[0]
        limits = client.get(f"{BASE}/limits", headers={"Authorization": f"Bearer {session}"})
        assert answer.status_code == 200
        assert limits.status_code == 200

    def test_refuses_a_wrong_password_with_a_fault(self, client):
        answer = client.post("/services/Soap/u/59.0", content=self.BODY.format(MAYA, "guess"))

        assert answer.status_code == 500
        assert "<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>" in answer.text

    def test_is_gone_from_newer_versions(self, client):
        answer = client.post("/services/Soap/u/65.0", content=self.BODY.format(MAYA, PASSWORD))

        assert "UNSUPPORTED_API_VERSION" in answer.text


class TestSessions:
    def test_versions_need_none(self, client):
        answer = client.get("/services/data/")

        assert answer.status_code == 200
        assert {"label", "url", "version"} == set(answer.json()[0])
        assert "Sforce-Limit-Info" not in answer.headers

    def test_an_unknown_token_is_an_expired_session(self, client):
        answer = client.get(f"{BASE}/limits", headers={"Authorization": "Bearer nothing"})

        assert answer.status_code == 401
        assert answer.json() == [
            {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
        ]

    def test_no_token_is_a_bad_header(self, client):
        assert error_of(client.get(f"{BASE}/limits")) == (401, "INVALID_AUTH_HEADER")

    def test_ends_when_told_to(self, api: Api):
        assert api.get("limits").status_code == 200

        api.control("POST", "expire-sessions")

        assert error_of(api.get("limits")) == (401, "INVALID_SESSION_ID")
