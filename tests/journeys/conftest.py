"""One running Countersign for all journeys; agents, people and deals for each of them."""

import contextlib
import itertools
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys import running
from tests.journeys.agent import Agent
from tests.journeys.people import ARTIFACTS, Person, open_browser
from tests.journeys.running import Countersign
from tests.simulated_org import SimulatedOrg

_numbers = itertools.count(1)
Visit = Callable[..., Person]
AddDeal = Callable[..., str]


@pytest.fixture(scope="package")
def countersign() -> Iterator[Countersign]:
    """All processes of Countersign and a CRM, stopped when the last journey is over."""
    with running.running_countersign() as started:
        yield started


@pytest.fixture
def crm(countersign: Countersign) -> Iterator[SimulatedOrg]:
    """The CRM, without faults of earlier journeys."""
    yield countersign.crm
    countersign.crm.clear_faults()


@pytest.fixture
def agent(countersign: Countersign) -> Agent:
    """The agent that looks for stuck deals, with its key."""
    return Agent(countersign.address, countersign.keys["stuck-deals"])


@pytest.fixture
def add_deal(crm: SimulatedOrg) -> AddDeal:
    """Add a deal of a firm of its own to the CRM and return its id."""

    def add(name: str, **fields: object) -> str:
        number = next(_numbers)
        found = crm.seed(
            {"object": "Account", "key": f"firm-{number}", "fields": {"Name": f"{name} Ltd"}},
            {
                "object": "Opportunity",
                "key": f"deal-{number}",
                "fields": {
                    "Name": name,
                    "AccountId": f"@firm-{number}",
                    "StageName": "Negotiation",
                    "ForecastCategoryName": "Commit",
                    "CloseDate": "2027-03-31",
                    "Amount": 48_000,
                    "NextStep": "Waiting for legal",
                    **fields,
                },
            },
        )
        return found[f"deal-{number}"]

    return add


@pytest.fixture
def visit(
    chromium: Browser, countersign: Countersign, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """Sit a person down in front of a browser; no page may make the browser complain."""
    shots = ARTIFACTS / re.sub(r"\W+", "-", request.node.name).strip("-")
    for old in shots.glob("*.png"):
        old.unlink()
    people: list[Person] = []
    with contextlib.ExitStack() as opened:

        def come(username: str, **options: object) -> Person:
            context = open_browser(chromium, countersign, username, **options)
            opened.callback(context.close)
            people.append(Person(context.new_page(), countersign, shots))
            return people[-1]

        yield come
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def switch_on_again(countersign: Countersign) -> Iterator[None]:
    """Have the kill switch on again at the end, whatever happens."""
    yield
    countersign.release_everything()


def eventually(met: Callable[[], object], *, seconds: float = 90) -> None:
    """Poll until a condition is met, or fail."""
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends, "It did not happen in time."
        time.sleep(0.05)
