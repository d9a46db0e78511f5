"""The way to the directory in a real browser, which holds every form to the content policy."""

import pytest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("B5")]


def test_the_button_leads_to_the_directory(directory, context, live_server):
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{live_server.url}/sign-in/")

    page.get_by_role("button", name="Sign in with Northwind").click()

    page.wait_for_url(f"{directory.issuer}/**", timeout=8000)
    assert not any("Content Security Policy" in said for said in complaints)
