"""What every answer tells the browser about safety."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.factories import create_user

SHOW = (
    "import json\nfrom orchestrator import settings as s\n"
    "print(json.dumps([s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, "
    "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, "
    "s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN]))"
)


@pytest.mark.req("B5")
@pytest.mark.django_db
class TestEveryPage:
    @pytest.fixture
    def answers(self):
        browser = Client()
        strange = browser.get("/sign-in/")
        browser.force_login(create_user())
        return [
            strange,
            browser.get("/"),
            browser.get("/nothing/"),
            browser.get("/account/sessions/"),
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ],
    )
    def test_says(self, answers, name, value):
        assert {answer[name] for answer in answers} == {value}

    def test_lets_no_script_run_that_is_not_a_file_of_ours(self, answers):
        for answer in answers:
            policy = answer["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy

    def test_asks_for_no_camera_and_keeps_passkeys_to_itself(self, answers):
        for answer in answers:
            allowed = answer["Permissions-Policy"]
            assert "camera=()" in allowed
            assert "publickey-credentials-get=(self)" in allowed

    def test_is_kept_by_no_cache_once_somebody_signed_in(self, answers):
        for answer in answers[1:]:
            assert "no-store" in answer["Cache-Control"]

    def test_of_a_file_may_be_kept(self):
        answer = Client().get("/static/js/passkey.js")
        assert "no-store" not in answer.get("Cache-Control", "")


@pytest.mark.req("B5")
def test_production_speaks_only_https():
    keys = {
        "COUNTERSIGN_MODE": "production",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": "k" * 60,
        "CREDENTIALS_KEY": "3F3rcqYkq9N4sMZ4nQ0mRX8vM7wY1o2bq5tq8x0vQeE=",
        "ALLOWED_HOSTS": "approvals.example.com",
    }
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env={**os.environ, **keys}, capture_output=True, check=True
    )

    assert json.loads(done.stdout) == [31_536_000, True, True, True, True, False]
