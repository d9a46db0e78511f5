"""The session's servers are there, and every worker has its own part of them."""

import os

import pytest
import redis
from django.db import connection

from tests.embedded_services import redis_of_worker


class TestProvide:
    @pytest.mark.django_db
    def test_gives_this_worker_a_database_of_its_own(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            name = cursor.fetchone()[0]

        worker = os.environ.get("PYTEST_XDIST_WORKER")
        assert name.startswith("test_")
        assert worker is None or name.endswith(worker)

    def test_gives_this_worker_a_broker_that_answers(self):
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()


class TestRedisOfWorker:
    def test_is_the_sessions_own_database_without_workers(self):
        assert redis_of_worker("redis://:pw@127.0.0.1:7/3", "") == "redis://:pw@127.0.0.1:7/3"

    @pytest.mark.parametrize(("worker", "number"), [("gw0", 4), ("gw1", 5), ("gw11", 15)])
    def test_counts_on_from_the_sessions_database(self, worker, number):
        address = redis_of_worker("redis://:pw@127.0.0.1:7/3", worker)

        assert address == f"redis://:pw@127.0.0.1:7/{number}"
