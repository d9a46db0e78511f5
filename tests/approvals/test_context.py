"""What every page says about the person's desk."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from approvals.context import navigation
from orchestrator.web import nav
from tests.factories import create_proposal, get_user

pytestmark = pytest.mark.django_db


def request_of(person):
    request = RequestFactory().get("/")
    request.user = person
    return request


class TestNavigation:
    def test_counts_what_waits_and_names_the_roles(self, crm, record):
        create_proposal()

        found = navigation(request_of(get_user("ben")))

        assert found["nav"] == {"inbox_count": 1, "roles": ["Deal desk"]}

    def test_says_nothing_to_nobody(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            found = navigation(request_of(AnonymousUser()))

        assert found["nav"] == {"inbox_count": 0, "roles": []}

    def test_keeps_what_other_packages_added(self, crm):
        request = request_of(AnonymousUser())
        nav.add(request, failure_count=3)

        assert navigation(request)["nav"]["failure_count"] == 3
