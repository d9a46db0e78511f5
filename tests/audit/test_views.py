"""The ledger page and the why page, for those who may read them."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import ledger
from tests.audit.test_ledger import ADA, AT, record
from tests.factories import get_user

pytestmark = pytest.mark.django_db
WHY = "/records/Opportunity/006000000000001AAA/"
EVIL = "<script>alert(1)</script>\u202e"


@pytest.fixture
def reader(client):
    person = get_user("arthur")
    person.user_permissions.add(Permission.objects.get(codename="view_entry"))
    client.force_login(person)
    return client


@transaction.atomic
def change_a_record(**detail):
    given = {
        "operation": "update",
        "fields": {"StageName": {"old": "Prospecting", "new": "Qualification"}},
        "reason_code": "stalled_30d",
        "reason_text": "No activity for 42 days.",
        "evidence": [
            {
                "kind": "url",
                "title": "Call notes",
                "href": "https://notes.example.com/1",
                "captured_at": "",
                "sha256": "",
                "quote": "We wait.",
                "supports": [],
            }
        ],
        "commit": "cmt_1",
        "action": "change_stage",
        "version": 3,
        "label": "Northwind renewal",
        "approved_by": ["ben"],
        "run": "",
    }
    ledger.record(
        event="record.changed",
        by=ADA,
        at=AT,
        subject_kind="record",
        subject_id="006000000000001AAA",
        proposal_id="prp_1",
        workflow="deal-hygiene",
        agent="hygiene",
        object_name="Opportunity",
        record_id="006000000000001AAA",
        detail={**given, **detail},
    )


class TestLedger:
    def test_is_for_readers_only(self, client):
        client.force_login(get_user("eve"))
        assert client.get("/ledger/").status_code == 403

    def test_shows_entries_in_three_queries_beside_the_frame(self, reader):
        for _ in range(5):
            record()
        reader.get("/ledger/")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = reader.get("/ledger/?agent=&lane=config")
        assert "suspended the agent" in page.content.decode()
        assert len(captured) <= 12

    def test_says_which_filter_it_does_not_understand(self, reader):
        page = reader.get("/ledger/?since=yesterday")
        assert page.status_code == 200
        assert "Enter a valid date" in page.content.decode()

    def test_says_what_to_do_when_nothing_fits(self, reader):
        record()
        assert "Clear filters" in reader.get("/ledger/?agent=nobody").content.decode()

    def test_escapes_what_it_shows(self, reader):
        record(detail={"reason": EVIL})
        text = reader.get("/ledger/").content.decode()
        assert "<script>alert" not in text
        assert "\u202e" not in text


@pytest.mark.req("C2")
class TestRecord:
    def test_says_who_what_why_and_on_what_evidence(self, reader):
        change_a_record()
        text = reader.get(WHY).content.decode()
        words = ["Northwind renewal", "Prospecting", "Qualification", "stalled_30d", "version 3"]
        for word in [*words, "No activity for 42 days.", "Call notes", "We wait.", "ben"]:
            assert word in text

    def test_escapes_what_it_shows(self, reader):
        change_a_record(label=EVIL, reason_text=EVIL, fields={"X": {"old": EVIL, "new": EVIL}})
        text = reader.get(WHY).content.decode()
        assert "<script>alert" not in text
        assert "\u202e" not in text

    def test_of_a_record_that_nobody_changed_says_so(self, reader):
        assert "Nothing was written" in reader.get(WHY).content.decode()
