"""What every test shares."""

from tests import embedded_services, emptying

pytest_plugins = ["tests.browser", "tests.fake_connector"]


def pytest_configure() -> None:
    """Empty the database the quick way."""
    emptying.install()


def pytest_unconfigure() -> None:
    """Stop the servers that the session started."""
    embedded_services.stop()
