"""Every page, in both themes and both sizes: no serious barrier, nothing to scroll sideways."""

import pytest

from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = pytest.mark.timeout(240)
PAGES = {
    "inbox": "/",
    "inbox in groups": "/?tab=all&grouped=1",
    "saved views": "/views/",
    "everything": "/?tab=all",
    "decided": "/?tab=decided",
    "nothing found": "/?text=nothing-has-this-name",
    "workflows": "/workflows/",
    "calendars": "/calendars/",
    "decided in time": "/workflows/deal-hygiene/adherence/",
    "workflow": "/workflows/revenue-operations/",
    "source": "/workflows/revenue-operations/versions/1/source/",
    "versions": "/workflows/revenue-operations/versions/",
    "agents": "/agents/",
    "register": "/agents/register/",
    "rollbacks": "/rollbacks/",
    "rollback preview": "/rollbacks/new/?kind=workflow&value=deal-hygiene",
    "failures": "/failures/",
    "controls": "/controls/",
    "connections": "/connections/",
    "connect an org": "/connections/new/",
    "first steps": "/start/",
    "connection": "/connections/demo-crm/",
    "figures": "/workflows/deal-hygiene/figures/",
    "role": "/people/roles/deal-desk/",
    "reconciliation": "/reconciliation/",
    "duties": "/duties/?tab=coming",
    "agreement": "/workflows/deal-hygiene/agreement/",
    "people": "/people/",
    "person": "/people/deal-desk/",
    "me": "/me/",
    "how i sign in": "/account/factors/",
    "where i am signed in": "/account/sessions/",
    "groups of the directory": "/directory/groups/",
    "read before approved": "/me/attention/",
    "attention of a workflow": "/workflows/deal-hygiene/attention/",
    "decided at once": "/bulk-decisions/mine/",
    "notifications": "/notifications/",
    "how I am told": "/notifications/settings/",
    "deliveries": "/notifications/deliveries/",
    "ledger": "/ledger/",
    "filtered ledger": "/ledger/?workflow=deal-hygiene",
    "pages": "/pages/",
    "on call": "/on-call/",
    "calendars of on-call": "/on-call/my/calendars/",
    "what I put off": "/snoozed/",
    "not found": "/nowhere/",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_open_to_everybody(visit, agent, add_deal, size, theme):
    deal = add_deal("Beckfoot - Barriers")
    number = agent.lower_forecast(deal)
    olivia = visit("ops-owner", viewport=size, color_scheme=theme)
    addresses = {
        **PAGES,
        "review": f"/proposals/{number}/",
        "edit": f"/proposals/{number}/edit/",
        "part": f"/proposals/{number}/part/",
        "called": f"/proposals/{number}/page/",
        "escalation": f"/proposals/{number}/escalation/",
        "json": f"/proposals/{number}/?show=json",
        "now": f"/proposals/{number}/now/",
        "around": f"/proposals/{number}/related/",
        "record": f"/records/Opportunity/{deal}/",
        "agent": f"/agents/{agent.http.get('/me').json()['id']}/",
        "webhooks": f"/agents/{agent.http.get('/me').json()['id']}/webhooks/",
    }
    found = {}
    for name, address in addresses.items():
        page = olivia.page
        page.goto(olivia.countersign.address + address)
        faults = accessibility_faults(page)
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            faults.append("is wider than the screen")
        if faults:
            found[name] = faults
        # A picture of a whole page takes longer than looking for barriers; one theme will do.
        if theme == "light":
            olivia.shoot(name)

    assert found == {}


def test_no_page_is_wider_than_a_screen_at_twice_the_size(visit, agent, add_deal):
    number = agent.lower_forecast(add_deal("Beckfoot - Magnified"))
    # What is left of a desktop's screen at 200 % zoom.
    olivia = visit("ops-owner", viewport={"width": 680, "height": 450})
    review = {"review": f"/proposals/{number}/", "edit": f"/proposals/{number}/edit/"}
    wide = []
    for name, address in {**PAGES, **review}.items():
        olivia.page.goto(olivia.countersign.address + address)
        if not olivia.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            wide.append(name)

    assert wide == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_is_open_to_everybody(chromium, countersign, theme):
    context = chromium.new_context(viewport=PHONE, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{countersign.address}/sign-in/")

    assert accessibility_faults(page) == []
    context.close()
