"""The pages as a browser shows them: accessible, in both colour schemes, from phone to desk."""

from collections.abc import Iterator

import pytest

from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.simulated_org import SimulatedOrg, running_simulator

RECORDS = [
    {
        "object": "Account",
        "key": "acme",
        "fields": {"Name": "Acme", "Industry": "Banking", "Description": "word " * 200},
    },
    {
        "object": "Opportunity",
        "key": "deal",
        "fields": {
            "Name": "Unbreakable" * 10, "AccountId": "@acme", "StageName": "Proposal",
            "CloseDate": "2026-12-01",
        },
    },
]  # fmt: skip


@pytest.fixture(scope="module")
def org() -> Iterator[SimulatedOrg]:
    with running_simulator() as org:
        ids = org.seed(*RECORDS)
        org.edit(ids["deal"], StageName="Negotiation", NextStep="Call")
        yield org


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/", "/o/Opportunity", "/r/deal", "/r/acme"])
def test_is_accessible_and_fits_the_screen(org, page, path, size, scheme):
    key = path.removeprefix("/r/")
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)

    page.goto(org.url + (f"/r/{org.user(key)}" if path.startswith("/r/") else path))

    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
