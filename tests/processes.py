"""What a test needs to run Countersign's own processes against the test's database."""

import os
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a child that works on this worker's test database and broker."""
    address = urlsplit(os.environ["DATABASE_URL"])
    database = address._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
        "DATABASE_URL": urlunsplit(database),
        **more,
    }
