"""Webhooks: how many messages a worker brings to endpoints, against bare posts over one client."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from orchestrator.bench.figures import Figure, check
from orchestrator.bench.scene import SETTING_UP, Scene
from orchestrator.bench.stub import running_stub
from orchestrator.kernel import clock
from orchestrator.webhooks import delivering, enqueueing, operations
from orchestrator.webhooks.enqueueing import NewEvent
from orchestrator.webhooks.lanes import IN_FLIGHT
from orchestrator.webhooks.models import Delivery

ENDPOINTS = 10
AIM = 0.25


def measure(scene: Scene) -> list[Figure]:
    """Deliver signed messages to ten endpoints, stored try by try, then post as many bare ones."""
    count = 500 if scene.quick else 5000
    with running_stub() as (address, received):
        events = _events(scene, address, count)
        began = time.perf_counter()
        enqueueing.enqueue(events=events, at=clock.now())
        queued = len(events) * ENDPOINTS / (time.perf_counter() - began)
        body = Delivery.objects.values_list("body", flat=True)[0]
        rate = _deliver(count)
        check(received.value == count, f"{count} messages should arrive, each once")
        undelivered = Delivery.objects.exclude(state="delivered").count()
        check(undelivered == 0, "every message should be delivered")
        bare = _bare(f"{address}/0", body, count)
    return [
        Figure(
            name=f"Webhooks to {ENDPOINTS} endpoints, one worker",
            value=rate,
            unit="/s",
            floor=bare,
            floor_name="bare httpx posts",
            aim=f"at least {AIM:.2f} x",
            met=rate >= AIM * bare,
        ),
        Figure(name="  put in the queue", value=queued, unit="/s"),
    ]


def _events(scene: Scene, address: str, count: int) -> list[NewEvent]:
    at = clock.now()
    for number in range(ENDPOINTS):
        operations.add_endpoint(
            agent=scene.agent,
            url=f"{address}/{number}",
            label=f"Bench {number}",
            events=[],
            by=SETTING_UP,
            at=at,
        )
    data: dict[str, Any] = {
        "state": "committed",
        "workflow": scene.workflow.slug,
        "records": [{"op": "update", "object": "Opportunity", "id": "006000000000001AAA"}],
    }
    return [
        NewEvent(
            agent_id=scene.agent.pk,
            event="proposal.committed",
            at=at,
            subject_id=f"prp_{number}",
            data={**data, "id": f"prp_{number}"},
        )
        for number in range(count // ENDPOINTS)
    ]


def _deliver(count: int) -> float:
    began, sent = time.perf_counter(), 0
    while tried := delivering.deliver_due(at_clock=clock.now):
        sent += tried
    took = time.perf_counter() - began
    check(sent == count, f"{count} messages should be tried, {sent} were")
    return count / took


def _bare(url: str, body: str, count: int) -> float:
    """Post the same body as often, with as many threads, over one client."""
    threads, content = ENDPOINTS * IN_FLIGHT, body.encode()
    headers = {"content-type": "application/json"}
    with httpx.Client() as client, ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        statuses = list(
            pool.map(
                lambda _: client.post(url, content=content, headers=headers).status_code,
                range(count),
            )
        )
        took = time.perf_counter() - began
    check(set(statuses) == {204}, "every bare post should be taken")
    return count / took
