"""What a simulated org can do to a call, and what we make of it."""

import threading

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from orchestrator.connectors.base import RecordKey
from orchestrator.connectors.errors import (
    OutcomeUnknown,
    QuotaExceeded,
    Rejected,
    Transient,
    Unauthorised,
)
from tests.connectors.salesforce.live import (
    connect,
    create,
    read,
    seed_deals,
    units,
    update,
)

pytestmark = pytest.mark.req("E1", "L7")
HOSTILE = ["https://evil/x", "//evil/x", "../../limits"]


@pytest.fixture
def deal(simulator):
    return seed_deals(simulator, 1)[0]


@pytest.fixture
def connector(simulator, deal):
    return connect(simulator)


@pytest.fixture
def seen(connector, deal):
    return read(connector, deal)[deal]


class TestWrite:
    def test_is_of_unknown_outcome_when_the_line_is_cut_before_the_commit(
        self, simulator, connector, deal, seen
    ):
        simulator.fault("drop_before_commit", path="composite$")
        with pytest.raises(OutcomeUnknown):
            connector.write(units(update(seen)))
        assert read(connector, deal)[deal].values == {"NextStep": "Wait"}

    @pytest.mark.parametrize("kind", ["drop_after_commit", "fail_after_commit"])
    def test_is_of_unknown_outcome_when_it_goes_wrong_after_the_commit(
        self, simulator, connector, deal, seen, kind
    ):
        simulator.fault(kind, path="composite$")
        with pytest.raises(OutcomeUnknown):
            connector.write(units(update(seen)))
        assert read(connector, deal)[deal].values == {"NextStep": "Call"}
        assert read(connector, deal)[deal].modified_by == connector.writer_id

    def test_is_never_sent_twice_by_itself(self, simulator, connector, seen):
        calls = simulator.stats()["calls"].get("composite", 0)
        simulator.fault("drop_after_commit", path="composite$")
        with pytest.raises(OutcomeUnknown):
            connector.write(units(update(seen)))
        assert simulator.stats()["calls"]["composite"] == calls + 1

    def test_is_of_unknown_outcome_when_the_answer_takes_too_long(self, simulator, deal, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "crm_timeout_seconds": 0.5}
        connector = connect(simulator)
        seen = read(connector, deal)[deal]
        simulator.fault("latency", path="composite$", milliseconds=1500, when="after")
        with pytest.raises(OutcomeUnknown):
            connector.write(units(update(seen)))

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("unavailable", Transient),
            ("limit_concurrent", Transient),
            ("limit_total", QuotaExceeded),
        ],
    )
    def test_did_nothing_when_the_org_says_so(
        self, simulator, connector, deal, seen, kind, expected
    ):
        simulator.fault(kind, path="composite$")
        with pytest.raises(expected):
            connector.write(units(update(seen)))
        assert read(connector, deal)[deal].values == {"NextStep": "Wait"}

    def test_can_be_found_again_when_a_create_is_cut_off(self, simulator, connector, deal):
        connector.describe("Task")
        simulator.fault("drop_after_commit", path="composite$")
        with pytest.raises(OutcomeUnknown):
            connector.write(units(create("Task", "prp_09.0", Subject="Call")))
        found = connector.find_by_external_id("Task", "prp_09.0")
        assert found.modified_by == connector.writer_id

    @pytest.mark.parametrize("record_id", HOSTILE)
    def test_of_a_hostile_id_reaches_nobody(self, simulator, connector, seen, record_id):
        before = simulator.stats()["api_used"]
        change = update(seen)
        hostile = type(change)("update", "Opportunity", record_id, "", {"NextStep": "x"}, seen)
        [result] = connector.write(units(hostile))
        assert not result.written
        assert simulator.stats()["api_used"] == before


class TestRead:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("unavailable", Transient),
            ("drop_before_commit", Transient),
            ("fail_after_commit", Transient),
            ("limit_total", QuotaExceeded),
        ],
    )
    def test_fails_by_its_right_name(self, simulator, connector, deal, seen, kind, expected):
        simulator.fault(kind, path="composite/sobjects")
        with pytest.raises(expected):
            read(connector, deal)

    def test_makes_one_call_per_object_for_200_records(self, simulator):
        keys = seed_deals(simulator, 200)
        account = simulator.control("GET", "keys")["ids"]["acme"]
        wanted = {**{key: ["Amount"] for key in keys}, RecordKey("Account", account): ["Name"]}
        connector = connect(simulator)
        for name in ("Opportunity", "Account"):
            connector.describe(name)
        simulator.control("DELETE", "stats")

        found = connector.read(wanted)

        assert simulator.stats()["calls"] == {"collections_read": 2}
        assert all(snapshot is not None for snapshot in found.values())
        assert len(found) == 201

    def test_answers_none_for_a_deleted_record(self, simulator, connector, deal, seen):
        simulator.delete(deal.record_id)
        assert connector.read({deal: ["NextStep"]}) == {deal: None}

    def test_tells_automation_from_people(self, simulator, connector, deal, seen):
        simulator.clock(advance=5)
        simulator.touch(deal.record_id)
        again = read(connector, deal)[deal]
        assert again.modified_at == seen.modified_at
        assert again.modstamp > seen.modstamp

    def test_refuses_an_object_that_the_org_does_not_have(self, connector):
        with pytest.raises(Rejected, match="Nothing__c"):
            connector.read({RecordKey("Nothing__c", "a0B000000000001"): ["Name"]})


class TestSession:
    def test_makes_one_sign_in_for_twelve_threads_with_a_dead_token(
        self, simulator, connector, deal, seen
    ):
        simulator.control("DELETE", "stats")
        simulator.expire_sessions()
        start = threading.Barrier(12)
        values = []

        def ask():
            start.wait()
            values.append(read(connector, deal)[deal].values["NextStep"])

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)

        assert values == ["Wait"] * 12
        assert simulator.stats()["calls"]["login"] == 1

    @pytest.mark.parametrize("body", ["list", "object", "text", "empty"])
    def test_survives_every_shape_of_a_401(self, simulator, connector, deal, seen, body):
        simulator.fault("expired", body=body)
        assert read(connector, deal)[deal].values == {"NextStep": "Wait"}

    def test_gives_up_when_every_session_is_refused(self, simulator, connector, deal, seen):
        simulator.fault("expired", times=None)
        with pytest.raises(Unauthorised):
            read(connector, deal)
        simulator.clear_faults()

    def test_says_that_the_secret_is_wrong(self, simulator, deal):
        with pytest.raises(Unauthorised, match="credentials"):
            connect(simulator, secret="wrong").describe("Account")

    def test_opens_with_a_user_name_and_password(self, simulator, deal):
        connector = connect(
            simulator,
            sign_in="password",
            username="maya.ruiz@northwind-labs.example",
            secret=f"{simulator.client_secret}\n{simulator.password}",
        )
        assert connector.writer_id == simulator.user("maya_ruiz")

    def test_opens_with_a_signed_assertion(self, simulator, deal):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        simulator.control("POST", "jwt-key", json={"public_key": public.decode()})
        connector = connect(
            simulator,
            sign_in="jwt_bearer",
            username="maya.ruiz@northwind-labs.example",
            secret=private,
        )
        assert connector.writer_id == simulator.user("maya_ruiz")
        assert read(connector, deal)[deal].values == {"NextStep": "Wait"}


class TestLimitUsage:
    def test_follows_the_org(self, simulator, connector, deal, seen):
        simulator.control("POST", "limits", json={"used": 90, "allowed": 100})
        read(connector, deal)
        assert connector.limit_usage.allowed == 100
        assert connector.limit_usage.share >= 0.9
