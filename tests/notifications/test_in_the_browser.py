"""The settings and the bell, as people use them: with a script, and without one."""

import pytest

from orchestrator.kernel import clock
from orchestrator.notifications.delivery import deliver_due
from orchestrator.notifications.models import Channel
from orchestrator.people.models import User
from tests.browser import DESKTOP
from tests.factories import create_user
from tests.notifications.telling import create_channel, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2")]


@pytest.fixture
def staff(client) -> User:
    person = create_user(username="olivia")
    person.is_staff = True
    person.save()
    client.force_login(person)
    return person


@pytest.fixture
def visit(live_server, chromium, client):
    """Open a page as whoever is signed in."""
    contexts = []

    def open_page(path: str, *, scripts: bool = True):
        context = chromium.new_context(viewport=DESKTOP, java_script_enabled=scripts)
        contexts.append(context)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_test_really_arrives_and_the_bell_counts_what_is_unread(staff, visit, receiver):
    page = visit("/notifications/settings/")
    page.get_by_text("Add a channel").click()
    page.get_by_label("Through").select_option("webhook")
    page.get_by_label("Address").fill(f"{receiver.address}/hook")
    page.get_by_label("Called").fill("My hook")
    page.get_by_role("button", name="Add the channel").click()
    page.get_by_role("button", name="Send me a test").click()
    page.locator("#tests").get_by_text("Queued").first.wait_for()
    deliver_due(at_clock=clock.now)
    page.locator("#tests").get_by_text("Sent").first.wait_for()
    assert receiver.bodies("/hook")[0]["title"].startswith("This is a test")

    tell(staff, at=clock.now())
    page.reload()
    page.locator(".bell-number").wait_for()
    assert page.locator(".bell-number").inner_text() == "1"
    page.locator(".bell").click()
    page.locator(".notice-title").click()
    page.wait_for_url("**/proposals/prp_1/")


def test_everything_works_without_a_script(staff, visit):
    channel = create_channel(person=staff, label="My hook")
    page = visit("/notifications/settings/", scripts=False)
    page.get_by_label("My hook: place for Page").select_option("not here")
    page.get_by_role("button", name="Keep this order").click()
    assert "page" not in Channel.objects.get(pk=channel.pk).ranks
    page.get_by_role("button", name="Remove My hook").click()
    assert Channel.objects.get(pk=channel.pk).removed_at
    page.locator(".bell").click()
    assert page.url.endswith("/notifications/")
