"""What every test shares."""

import pytest
from django.db import connections

from tests import embedded_services, emptying, migrated, signing_in

pytest_plugins = ["tests.browser", "tests.fake_connector"]


def pytest_configure() -> None:
    """Empty the database the quick way, and sign people in as if a moment ago."""
    emptying.install()
    signing_in.install()


def pytest_unconfigure() -> None:
    """Stop the servers that the session started."""
    migrated.drop()
    embedded_services.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let the database of each worker be a copy of one that is migrated already."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = migrated.template()
