"""The floors do what they claim, on tiny numbers."""

import os
import threading
import time

import psycopg
import pytest

from orchestrator.bench import load
from orchestrator.bench.door import BadAnswer, Door
from orchestrator.bench.figures import WrongOutcome
from orchestrator.bench.floor import bare_inserts, raw_cycles, raw_floor, raw_latency
from orchestrator.bench.load import ClientsFailed, dealt, together
from orchestrator.bench.servers import empty_database
from orchestrator.bench.stub import running_stub
from orchestrator.bench.wakes import Wakes


@pytest.fixture(scope="module")
def database():
    with empty_database(os.environ["DATABASE_URL"]) as url:
        yield url


@pytest.fixture
def floor(database):
    with raw_floor(database, os.environ["REDIS_URL"], {"reason": "because"}) as made:
        yield made


class TestRawCycles:
    def test_leave_every_item_committed_with_three_audit_rows_and_one_patch(self, database, floor):
        assert raw_cycles(floor, count=12, clients=4) > 0

        assert floor.count.value == 12
        with psycopg.connect(database) as line:
            states = line.execute("SELECT state, count(*) FROM bench_item GROUP BY 1").fetchall()
            events = line.execute("SELECT event, count(*) FROM bench_audit GROUP BY 1").fetchall()
        assert states == [("committed", 12)]
        assert dict(events) == {"submitted": 12, "approved": 12, "committed": 12}

    def test_refuse_a_run_in_which_the_stub_saw_another_number(self, floor, monkeypatch):
        class Miscounting:
            seen = iter((0, 5))
            value = property(lambda self: next(self.seen))

        object.__setattr__(floor, "count", Miscounting())

        with pytest.raises(WrongOutcome, match="exactly 4 PATCHes"):
            raw_cycles(floor, count=4, clients=2)


class TestRawLatency:
    def test_gives_one_time_an_item(self, floor):
        took = raw_latency(floor, 3)

        assert len(took) == 3
        assert all(milliseconds > 0 for milliseconds in took)


class TestBareInserts:
    def test_gives_one_time_a_stored_row(self, database):
        assert len(bare_inserts(database, "{}", 4)) == 4

        with psycopg.connect(database) as line:
            stored = line.execute("SELECT count(*) FROM bench_audit WHERE event = 'bare'")
            assert stored.fetchone() == (4,)


class TestTogether:
    def test_gathers_what_all_clients_found_in_one_time(self):
        found, seconds = together(lambda number, mine: [number, *mine], dealt("abcde", 3))

        assert sorted(map(str, found)) == ["0", "1", "2", "a", "b", "c", "d", "e"]
        assert 0 < seconds < 60

    def test_runs_the_clients_of_a_process_side_by_side(self):
        def pause(number, mine):
            time.sleep(0.3)
            return []

        _, seconds = together(pause, dealt("abcdefgh", 8))

        assert seconds < 8 * 0.3

    def test_tells_what_a_client_broke_off_with(self):
        def fail(number, mine):
            raise ValueError("the door is shut")

        with pytest.raises(ClientsFailed, match="ValueError: the door is shut"):
            together(fail, dealt("ab", 2))

    def test_counts_a_client_that_never_ends_as_failed(self, monkeypatch):
        monkeypatch.setattr(load, "LONGEST_SECONDS", 2)

        with pytest.raises(ClientsFailed, match="in time"):
            together(lambda number, mine: [threading.Event().wait()], dealt("a", 1))


class TestRunningStub:
    def test_counts_requests_with_and_without_bodies_on_one_connection(self):
        with running_stub() as (address, count), Door(address) as door:
            for body in (b"x" * 100_000, None, b"{}"):
                assert door.ask("PATCH", "/records/1", body, expect=(204,)).body == b""

            assert count.value == 3


class TestDoor:
    def test_refuses_a_status_that_is_not_expected(self):
        with (
            running_stub() as (address, _),
            Door(address) as door,
            pytest.raises(BadAnswer, match="GET /here: 204"),
        ):
            door.ask("GET", "/here")


class TestWakes:
    def test_hand_over_values_in_order_and_give_up_after_a_while(self):
        name = f"bench-test:{os.getpid()}"
        with Wakes(os.environ["REDIS_URL"]) as giver, Wakes(os.environ["REDIS_URL"]) as taker:
            giver.push(name, "first")
            giver.push(name, "zweite Ü")

            assert [taker.take(name), taker.take(name)] == ["first", "zweite Ü"]
            assert taker.take(name, 1) is None

            giver.push(name, "left")
            giver.forget(name)
            assert taker.take(name, 1) is None
