"""Orgs and their credentials."""

import datetime as dt
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from audit.models import Entry
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.orgs import operations
from orchestrator.orgs.addresses import BadAddress
from orchestrator.orgs.encryption import UnreadableSecret
from orchestrator.orgs.models import Org

AT = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.UTC)
ADMIN = Actor(ActorKind.PERSON, "1", "Ada Admin")
SECRET = "a-client-secret-nobody-may-see"

pytestmark = pytest.mark.django_db


def connect(**changes: str) -> Org:
    values: dict[str, Any] = {
        "slug": "acme",
        "title": "Acme",
        "kind": "salesforce",
        "environment": "prod",
        "base_url": "https://acme.my.salesforce.com",
        "sign_in": "client_credentials",
        "client_id": "3MVG9",
        "secret": SECRET,
        **changes,
    }
    return operations.connect_org(**values, by=ADMIN, at=AT)


def stored_secret(org: Org) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM orgs_org WHERE id = %s", [org.pk])
        return str(cursor.fetchone()[0])


class TestConnectOrg:
    def test_stores_the_org_and_reads_the_secret_back(self):
        connect(base_url="https://ACME.my.salesforce.com:443/")

        org = Org.objects.get(slug="acme")
        assert org.base_url == "https://acme.my.salesforce.com"
        assert org.secret == SECRET

    def test_keeps_the_secret_encrypted_at_rest(self):
        assert SECRET not in stored_secret(connect())
        assert stored_secret(connect(slug="other")) != ""

    def test_writes_the_ledger_without_the_secret(self):
        connect()

        entry = Entry.objects.get(event="org.connected")
        assert (entry.actor_label, entry.subject_id, entry.at) == ("Ada Admin", "acme", AT)
        assert SECRET not in str(entry.detail)
        assert "3MVG9" not in str(entry.detail)

    def test_refuses_a_slug_that_is_taken_and_records_nothing(self):
        connect()
        with pytest.raises(operations.OrgExists):
            connect()
        assert Entry.objects.count() == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"slug": "Acme Corp"},
            {"title": " "},
            {"kind": "hubspot"},
            {"environment": "live"},
            {"sign_in": "soap"},
            {"sign_in": "none"},
            {"secret": ""},
            {"client_id": ""},
            {"sign_in": "jwt_bearer", "username": ""},
            {"api_version": "v64"},
            {"api_version": "45.0"},
        ],
    )
    def test_refuses_what_could_never_work(self, changes):
        with pytest.raises(operations.BadOrg):
            connect(**changes)
        assert not Org.objects.exists()

    def test_takes_our_own_configuration_without_address_or_credentials(self):
        org = connect(slug="self", kind="control", base_url="", sign_in="none", secret="")
        assert org.kind == "control"


class TestOrgAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "",
            "acme.my.salesforce.com",
            "ftp://acme.my.salesforce.com",
            "http://acme.my.salesforce.com",
            "https://user:pass@acme.my.salesforce.com",
            "https://acme.my.salesforce.com/services",
            "https://acme.my.salesforce.com?x=1",
            "https://acme.my.salesforce.com#x",
            "https://login.salesforce.com",
            "https://acme.my.salesforce.com:port",
            "https://[::1]:8443",
            "https://acme.my.salesforce.com\\@evil.example",
            "https://\u0430cme.my.salesforce.com",
            "https://acme my.salesforce.com",
        ],
    )
    def test_refuses_what_we_would_not_send_credentials_to(self, address):
        with pytest.raises(BadAddress):
            connect(base_url=address)

    def test_takes_plain_http_on_this_machine(self):
        assert connect(base_url="http://127.0.0.1:8123").base_url == "http://127.0.0.1:8123"

    def test_takes_plain_http_from_a_host_that_the_operator_listed(self, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "crm_allow_http_hosts": ["sim.internal"]}
        assert connect(base_url="http://sim.internal:80").base_url == "http://sim.internal"


class TestChangeCredentials:
    def test_replaces_them_and_says_so_without_them(self):
        org = connect()

        operations.change_credentials(
            org=org,
            sign_in="password",
            client_id="3MVG9",
            username="bot@acme.example",
            secret="app\npassword-1",
            by=ADMIN,
            at=AT,
        )

        assert Org.objects.get().secret == "app\npassword-1"
        entry = Entry.objects.get(event="org.credentials_changed")
        assert entry.detail == {"sign_in": "password"}

    def test_refuses_half_of_them(self):
        with pytest.raises(operations.BadOrg, match="the user name"):
            operations.change_credentials(
                org=connect(),
                sign_in="jwt_bearer",
                client_id="x",
                username="",
                secret="key",
                by=ADMIN,
                at=AT,
            )
        assert Org.objects.get().sign_in == "client_credentials"


class TestEncryption:
    def test_says_clearly_that_the_key_is_another(self, settings):
        connect()
        settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]

        with pytest.raises(UnreadableSecret, match="CREDENTIALS_KEY"):
            Org.objects.get()

    def test_reads_with_an_old_key_and_writes_with_the_new_one(self, settings):
        org = connect()
        old, new = settings.CREDENTIALS_KEYS[0], Fernet.generate_key().decode()
        settings.CREDENTIALS_KEYS = [new, old]

        again = Org.objects.get()
        assert again.secret == SECRET
        again.save()

        settings.CREDENTIALS_KEYS = [new]
        assert Org.objects.get(pk=org.pk).secret == SECRET

    def test_refuses_a_ciphertext_that_was_changed(self):
        org = connect()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE orgs_org SET secret = overlay(secret placing 'AAAA' from 40) WHERE id = %s",
                [org.pk],
            )
        with pytest.raises(UnreadableSecret):
            Org.objects.get(pk=org.pk)
