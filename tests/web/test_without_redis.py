"""Pages without Redis: it only makes things quicker, so people go on deciding."""

import pytest
from django.conf import settings as configured

from tests.factories import PASSWORD, create_cast

pytestmark = pytest.mark.django_db
NOBODY = "redis://127.0.0.1:1/0"


def take_redis_away(settings):
    settings.CACHES = {
        alias: {**given, "LOCATION": NOBODY} for alias, given in configured.CACHES.items()
    }


class TestPages:
    @pytest.mark.parametrize("page", ["/", "/workflows/", "/controls/", "/failures/"])
    def test_answer_a_person_who_signed_in_before(self, page, client, settings):
        client.force_login(create_cast()["dora"])
        take_redis_away(settings)

        assert client.get(page).status_code == 200

    def test_let_a_person_sign_in(self, client, settings):
        create_cast()
        take_redis_away(settings)

        client.post("/sign-in/", {"username": "dora", "password": PASSWORD})

        assert client.get("/controls/").status_code == 200
