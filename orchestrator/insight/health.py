"""Is it alive, is it ready: two answers for the machines that watch."""

import json
import logging

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from orchestrator.commits import pulses
from orchestrator.kernel import clock

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say whether the whole lives: this process, its database, beat and the workers."""
    checks = {"database": _database()}
    if checks["database"] == "ok":
        checks["workers"] = _workers()
    return _answer(checks)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether this process should get traffic: database, migrations and Redis."""
    checks = {"database": _database(), "redis": _redis()}
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    return _answer(checks)


def _answer(checks: dict[str, str]) -> HttpResponse:
    well = all(value == "ok" for value in checks.values())
    body = {"ok": well, "version": settings.VERSION, "checks": checks}
    return HttpResponse(
        json.dumps(body), status=200 if well else 503, content_type="application/json"
    )


def _workers() -> str:
    silent = pulses.silences(
        pulses.last_seen(), started_at=clock.PROCESS_STARTED_AT, at=clock.now()
    )
    parts = ", ".join(silence.part for silence in silent)
    return f"no sign of life from {parts}; are beat and the workers running?" if parts else "ok"


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer.")
        return "does not answer"
    return "ok"


def _redis() -> str:
    try:
        cache.get("readyz")
    except RedisError:
        logger.warning("Redis does not answer.")
        return "does not answer"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} to apply; run make migrate" if plan else "ok"
