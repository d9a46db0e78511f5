"""A worker that loses its database while its write is on the wire: its locks are gone with it."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections

from orchestrator.commits import engine, fence
from orchestrator.commits.models import Commit
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.orgs.models import Org
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("C2")]
PATIENCE = 60
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def stuck(crm, monkeypatch):
    """A write that waits on the wire until it is let go; the worker's backend is written down."""
    on_the_wire, let_go, backend = threading.Event(), threading.Event(), []
    write = crm.write

    def slow(units):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend.append(cursor.fetchone()[0])
        on_the_wire.set()
        assert let_go.wait(PATIENCE)
        return write(units)

    monkeypatch.setattr(crm, "write", slow)
    yield on_the_wire, let_go, backend
    let_go.set()


def work(org_id, broken):
    try:
        engine.drain(org_id=org_id, at_clock=lambda: SOON)
    except Exception as error:  # noqa: BLE001 - whatever losing the database looks like
        broken.append(error)
    finally:
        connections.close_all()


def halt():
    by = Actor(ActorKind.PERSON, "dora", "Dora")
    return fence.halt(scope="all", value="", reason="Something is odd.", by=by, at=SOON)


class TestHalt:
    def test_is_not_confirmed_while_the_write_of_a_lost_worker_may_be_on_the_wire(self, crm, stuck):
        on_the_wire, let_go, backend = stuck
        proposal = approve(opportunity(crm))
        broken: list[Exception] = []
        worker = threading.Thread(target=work, args=(Org.objects.get().pk, broken))
        worker.start()
        assert on_the_wire.wait(PATIENCE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend[0]])

        row = halt()
        assert not fence.confirm(halt=row, at=SOON, wait=0.2)
        settle(SOON + dt.timedelta(seconds=15))
        assert not fence.confirm(halt=row, at=SOON, wait=0.2)
        assert commit_of(proposal).state == "unknown"

        let_go.set()
        worker.join(PATIENCE)
        assert broken
        settle(SOON + MINUTE)
        assert fence.confirm(halt=row, at=SOON + MINUTE, wait=1)
        assert [effect[0] for effect in crm.effects] == ["update"]
        assert (commit_of(proposal).state, state_of(proposal)) == ("done", "committed")
        drain(SOON + 2 * MINUTE)
        assert len(crm.effects) == 1
        assert not Commit.objects.filter(state="claimed").exists()
