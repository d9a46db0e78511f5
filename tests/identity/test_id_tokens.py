"""Tokens that somebody else could have made are worth nothing."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from orchestrator.identity.id_tokens import BadToken, read

pytestmark = pytest.mark.req("B5")
ISSUER, US = "https://directory.example.com", "countersign"


@pytest.fixture(scope="module")
def private():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def stranger():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(*privates):
    keys = [
        {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(each.public_key())), "kid": f"k{number}"}
        for number, each in enumerate(privates)
    ]
    return {"keys": keys}


def token(key, algorithm="RS256", kid=None, **more):
    now = int(time.time())
    said = {"iss": ISSUER, "aud": US, "sub": "ben", "iat": now, "exp": now + 300, **more}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def judge(text, keys):
    return read(text, keys=keys, issuer=ISSUER, audience=US)


def test_is_read_when_all_of_it_fits(private, stranger):
    assert judge(token(private), published(private))["sub"] == "ben"
    assert judge(token(private, kid="k1"), published(stranger, private))["sub"] == "ben"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example.com"},
        {"aud": "another"},
        {"exp": int(time.time()) - 600},
        {"iat": int(time.time()) + 6000},
        {"sub": None},
        {"exp": None},
    ],
)
def test_is_refused_for_another_place_or_time(private, wrong):
    with pytest.raises(BadToken):
        judge(token(private, **wrong), published(private))


def test_is_refused_when_somebody_else_signed_it(private, stranger):
    with pytest.raises(BadToken):
        judge(token(stranger), published(private))
    with pytest.raises(BadToken):
        judge(token(private, kid="unknown"), published(private))
    with pytest.raises(BadToken):
        judge(token(private), published(private, stranger))


def test_is_refused_without_a_signature_or_with_a_shared_secret(private):
    with pytest.raises(BadToken):
        judge(token(None, "none"), published(private))
    with pytest.raises(BadToken):
        judge(token("between-us-" * 4, "HS256"), published(private))


@pytest.mark.parametrize("text", ["", "x.y.z", "not a token"])
def test_is_refused_when_it_is_none(private, text):
    with pytest.raises(BadToken):
        judge(text, published(private))
