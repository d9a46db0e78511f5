"""A production start passes Django's deployment checks, or says what is missing."""

import os
import secrets

import pytest
from cryptography.fernet import Fernet

from tests.architecture.tools import run_tool

PRODUCTION = {
    "COUNTERSIGN_MODE": "production",
    "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
    "ALLOWED_HOSTS": "countersign.example.com",
    "PUBLIC_URL": "https://countersign.example.com",
}


def production_environment() -> dict[str, str]:
    return {
        **PRODUCTION,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "CREDENTIALS_KEY": Fernet.generate_key().decode(),
    }


def test_no_deployment_check_warns():
    done = run_tool(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", **production_environment()
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIALS_KEY", "ALLOWED_HOSTS"]
)
def test_production_refuses_to_start_without(name):
    assert name in {*production_environment(), *os.environ}

    done = run_tool("manage.py", "check", **{**production_environment(), name: ""})

    assert done.returncode != 0
    assert f"needs {name} " in done.stderr
