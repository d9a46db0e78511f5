"""The commands of a first run: set up the owners, connect an org."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.queries import Filters, search
from orchestrator.orgs.models import Org
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow
from tests.registry_factories import get_user

pytestmark = pytest.mark.django_db
CONNECT = {"url": "https://acme.my.salesforce.com", "environment": "prod", "client_id": "app"}


def run(command, *names, **options):
    said, beside = StringIO(), StringIO()
    call_command(command, *names, stdout=said, stderr=beside, **options)
    return said.getvalue(), beside.getvalue()


@pytest.mark.req("A2")
class TestSetUp:
    def test_makes_the_role_and_the_way_up(self):
        get_user("ada")
        get_user("ben")

        run("set_up", "ada", "ben")
        run("set_up", "ada", "ben")

        members = User.objects.filter(groups__role__slug="ops-owner").values_list("username")
        assert {name for (name,) in members} == {"ada", "ben"}
        assert Workflow.objects.get(slug="countersign-configuration").mode == "propose"

    @pytest.mark.parametrize(("names", "words"), [(["ada"], "two"), (["ada", "zoe"], "zoe")])
    def test_says_what_is_missing(self, names, words):
        get_user("ada")
        with pytest.raises(CommandError, match=words):
            run("set_up", *names)


@pytest.mark.req("B1")
class TestConnectOrg:
    def test_stores_the_connection_and_asks_the_org(self, crm, monkeypatch):
        monkeypatch.setenv("SALESFORCE_SECRET", "s3cret-s3cret")

        said, beside = run("connect_org", "acme-prod", **CONNECT)

        assert "It answers." in said
        assert "Stamps (fields Countersign_Commit_Id__c): found on no object; missing on" in said
        assert "Markers (object Countersign_Commit__c): not found." in said
        assert "s3cret" not in said + beside
        assert Org.objects.get().secret == "s3cret-s3cret"
        assert "s3cret" not in str(search(filters=Filters(event="org.connected")).lines)

    def test_takes_no_secret_from_the_command_line(self, monkeypatch):
        monkeypatch.delenv("SALESFORCE_SECRET", raising=False)
        with pytest.raises(CommandError, match="SALESFORCE_SECRET"):
            run("connect_org", "acme-prod", **CONNECT)

    def test_refuses_addresses_that_credentials_must_not_go_to(self, monkeypatch):
        monkeypatch.setenv("SALESFORCE_SECRET", "s3cret-s3cret")
        with pytest.raises(CommandError):
            run("connect_org", "acme-prod", **{**CONNECT, "url": "http://acme.example.com"})
        assert not Org.objects.exists()
