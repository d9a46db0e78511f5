"""What no column can hold never reaches the database."""

import pytest
from django.test import Client

from tests.factories import create_workflow, get_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in() -> Client:
    create_workflow()
    client = Client()
    client.force_login(get_user("dora"))
    return client


class TestProcessView:
    @pytest.mark.parametrize(
        "path", ["/proposals/a%00b/", "/records/Opportunity/%00/", "/records/%00/x/"]
    )
    def test_finds_nothing_under_an_address_with_a_nul(self, signed_in: Client, path: str):
        assert signed_in.get(path).status_code == 404

    @pytest.mark.parametrize("path", ["/controls/halt/", "/controls/1/ask-release/"])
    def test_refuses_forms_with_a_nul(self, signed_in: Client, path: str):
        answer = signed_in.post(path, {"what": "all:", "reason": "a\x00b"})

        assert answer.status_code == 422
