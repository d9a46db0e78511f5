"""What machines that watch are told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.commits.models import DeadLetter
from tests.commits.visits import fail
from tests.factories import AT

pytestmark = pytest.mark.django_db


class TestHealth:
    def test_answers_strangers(self, client):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["ok"]) == (200, True)

    def test_ready_looks_at_redis_and_migrations_too(self, client):
        checks = client.get("/readyz").json()["checks"]
        assert checks == {"database": "ok", "redis": "ok", "migrations": "ok"}

    def test_not_ready_without_redis(self, client, settings):
        settings.CACHES = {
            **settings.CACHES,
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://127.0.0.1:1/0",
            },
        }
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["redis"]) == (503, "does not answer")


class TestMetrics:
    def test_are_prometheus_text_of_few_queries(self, client):
        with CaptureQueriesContext(connection) as captured:
            text = client.get("/metrics").content.decode()
        assert "countersign_halts 0.0" in text
        assert 'countersign_pages{state="open"} 0.0' in text
        assert 'countersign_commits{state="failed"} 0.0' in text
        assert 'countersign_deliveries{state="undelivered"} 0.0' in text
        assert "countersign_bulk_items_waiting 0.0" in text
        assert "countersign_hasty_approvals 0.0" in text
        assert len(captured) <= 12

    def test_count_failures_and_those_of_them_escalated(self, client, crm):
        first, *_ = fail(crm, 1, 2)
        DeadLetter.objects.filter(commit=first).update(escalated_at=AT)

        text = client.get("/metrics").content.decode()

        assert 'countersign_commits{state="failed"} 2.0' in text
        assert 'countersign_commits{state="claimed"} 0.0' in text
        assert 'countersign_dead_letters{state="open"} 2.0' in text
        assert 'countersign_dead_letters{state="escalated"} 1.0' in text
