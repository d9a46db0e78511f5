"""The pages can be put on a phone's home screen."""

import json

import pytest
from django.contrib.staticfiles import finders

MANIFEST = "manifest.webmanifest"


@pytest.fixture
def manifest():
    with open(finders.find(MANIFEST), encoding="utf-8") as file:
        return json.load(file)


def test_the_manifest_names_pictures_that_exist(manifest):
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert all(finders.find(icon["src"]) for icon in manifest["icons"])


@pytest.mark.django_db
def test_every_page_names_it(client):
    page = client.get("/sign-in/").text
    assert f'rel="manifest" href="/static/{MANIFEST}"' in page


@pytest.mark.django_db
def test_it_is_served_as_what_it_is(client):
    answer = client.get(f"/static/{MANIFEST}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/manifest+json")


def test_it_opens_in_the_inbox_and_stays_on_this_site(manifest):
    assert (manifest["start_url"], manifest["scope"]) == ("/", "/")
    assert manifest["display"] == "standalone"
