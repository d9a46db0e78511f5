"""What the tests of first steps share: a simulated org, and staff who set things up."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.pages import signed_in
from tests.registry_factories import PASSWORD, create_user
from tests.simulated_org import SimulatedOrg, running_simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[SimulatedOrg]:
    """Run one simulated org for all tests of first steps."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def staff(db: None) -> Client:
    """Return root, who sets this installation up, in front of a browser."""
    cache.clear()
    person = create_user(username="root", full_name="Rut Root", password=PASSWORD)
    person.is_staff = True
    person.save()
    return signed_in(person)
