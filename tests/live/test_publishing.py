"""Publishing: what the ledger remembers reaches whoever listens, after its commit, in ids."""

import datetime as dt
import time

import pytest
from django.db import transaction

from approvals import expiry, submission
from orchestrator.kernel.actors import Actor, ActorKind, system
from orchestrator.live import publishing
from orchestrator.live.events import Event, Kind, unpacked
from orchestrator.live.following import FOLLOWED
from orchestrator.live.publishing import channel, mark_of, publish
from orchestrator.live.sessions import SessionStore
from orchestrator.people import operations as people
from tests.approvals.deciding import decide, deny
from tests.factories import AT, create_proposal, create_role, create_user

SETUP = system("test")


def requester(proposal):
    return Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)


@pytest.fixture
def heard(monkeypatch, django_capture_on_commit_callbacks):
    """Return what is published while something is done and committed."""

    def of(work):
        sent: list[str] = []
        monkeypatch.setattr(publishing, "client", lambda: Line(sent))
        with django_capture_on_commit_callbacks(execute=True):
            work()
        return [event for message in sent for event in unpacked(message)]

    class Line:
        def __init__(self, sent):
            self.sent = sent

        def publish(self, to, message):
            assert to == channel()
            self.sent.append(message)

    return of


@pytest.fixture
def proposal(crm):
    crm.add("Opportunity", "006000000000001AAA", Name="Deal", StageName="Prospecting", Amount=1.0)
    return create_proposal()


@pytest.mark.django_db
class TestWhatIsTold:
    def test_a_review_that_opens_names_its_role(self, heard, crm):
        crm.add("Opportunity", "006000000000001AAA", StageName="Prospecting", Amount=1.0)
        opened = [each for each in heard(create_proposal) if each.kind == Kind.REVIEW_OPENED]
        assert [(each.workflow, each.roles) for each in opened] == [
            ("deal-hygiene", frozenset({"deal-desk"}))
        ]

    @pytest.mark.parametrize(
        "work",
        [
            decide,
            deny,
            lambda it: decide(it, vote="send_back", text="Which call?"),
            lambda it: submission.withdraw(proposal=it, reason="", by=requester(it), at=AT),
            lambda it: expiry.expire_due(at=AT + dt.timedelta(days=30)),
        ],
    )
    def test_whatever_ends_the_waiting_is_told_with_ids_alone(self, heard, proposal, work):
        told = heard(lambda: work(proposal))
        decided = Event(kind=Kind.DECIDED, proposal=proposal.pk, workflow="deal-hygiene")
        assert decided in told
        assert all(each.about == "" for each in told)

    def test_a_change_of_rights_is_told_to_the_streams(self, heard):
        role, person = create_role(), create_user()
        told = heard(lambda: people.add_member(role=role, person=person, by=SETUP, at=AT))
        assert told == [Event(kind=Kind.RIGHTS_CHANGED)]

    def test_a_session_that_ends_is_told_by_a_mark_that_opens_nothing(self, heard):
        session = SessionStore()
        session.save()
        key = session.session_key
        told = heard(session.flush)
        assert told == [Event(kind=Kind.SESSION_ENDED, about=mark_of(key))]
        assert key not in told[0].about

    def test_anybody_may_publish_by_number(self, heard):
        told = heard(lambda: publish("changed", proposal="prp_1", workflow=7, roles=[3]))
        assert told == [
            Event(kind="changed", proposal="prp_1", workflow="#7", roles=frozenset({"#3"}))
        ]

    def test_nothing_that_was_taken_back_is_told(self, heard, proposal):
        def undone():
            with transaction.atomic():
                decide(proposal)
                transaction.set_rollback(True)

        assert heard(undone) == []

    def test_every_followed_name_is_registered(self):
        from audit.events import REGISTER  # noqa: PLC0415

        assert set(REGISTER) >= FOLLOWED


class TestRedisThatIsAway:
    @pytest.fixture(autouse=True)
    def away(self, settings, monkeypatch):
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        monkeypatch.setattr(publishing, "_quiet_until", 0.0)

    def test_costs_a_moment_once_and_then_nothing(self, monkeypatch):
        began = time.monotonic()
        publishing.send([Event(kind=Kind.MUCH)])
        assert time.monotonic() - began < 2
        asked = []
        monkeypatch.setattr(publishing, "client", lambda: asked.append(1))
        publishing.send([Event(kind=Kind.MUCH)])
        assert asked == []

    @pytest.mark.django_db
    def test_fails_nobody_who_decides(self, crm, django_capture_on_commit_callbacks):
        crm.add("Opportunity", "006000000000001AAA", StageName="Prospecting", Amount=1.0)
        proposal = create_proposal()
        with django_capture_on_commit_callbacks(execute=True):
            assert deny(proposal).state == "denied"


def test_a_channel_belongs_to_one_database_of_redis(settings):
    first = channel()
    settings.REDIS_URL = "redis://127.0.0.1:6379/9"
    assert channel() != first
    assert channel().endswith(":9")
