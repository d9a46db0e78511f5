"""What a test needs to run Countersign's own processes against the test's database."""

import os
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

# The browser fixtures set this for the test's own process; no child may inherit it.
OWN_PROCESS_ONLY = "DJANGO_ALLOW_ASYNC_UNSAFE"


def inherited() -> dict[str, str]:
    """Return the environment that a child process of a test begins with."""
    return {name: value for name, value in os.environ.items() if name != OWN_PROCESS_ONLY}


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a child that works on this worker's test database and broker."""
    address = urlsplit(os.environ["DATABASE_URL"])
    database = address._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **inherited(),
        "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
        "DATABASE_URL": urlunsplit(database),
        **more,
    }
