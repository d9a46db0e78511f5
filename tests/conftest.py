"""What every test shares."""

from tests import embedded_services, emptying, signing_in

pytest_plugins = ["tests.browser", "tests.fake_connector"]


def pytest_configure() -> None:
    """Empty the database the quick way, and sign people in as if a moment ago."""
    emptying.install()
    signing_in.install()


def pytest_unconfigure() -> None:
    """Stop the servers that the session started."""
    embedded_services.stop()
