"""Notifications: how many deliveries a worker gets through, against bare posts of the same."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from django.conf import settings

from orchestrator.bench.figures import Figure, check
from orchestrator.bench.scene import Scene
from orchestrator.bench.stub import running_stub
from orchestrator.embedded.ports import LOOPBACK
from orchestrator.kernel import clock
from orchestrator.notifications import sending
from orchestrator.notifications.channels import webhook
from orchestrator.notifications.delivery import deliver_due
from orchestrator.notifications.kinds import Kind
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.models import Channel, Delivery
from orchestrator.notifications.parcelling import parcel_of
from orchestrator.people.models import User

AIM = 0.15
AIM_MS = 1000.0


def measure(scene: Scene) -> list[Figure]:
    """Tell many people the same through a channel of each, then post as many bare messages."""
    count = 200 if scene.quick else 1000
    with running_stub() as (address, received):
        people = _people(address, count)
        began = time.perf_counter()
        sending.notify(people=people, message=_message(), at=clock.now())
        told = (time.perf_counter() - began) * 1000
        rate = _deliver(count)
        check(received.value == count, f"{count} messages should arrive, each once")
        lost = Delivery.objects.exclude(state="sent").count()
        check(lost == 0, "every delivery should be sent")
        bare = _bare(address, count)
    return [
        Figure(
            name=f"Deliveries through {count} channels, one worker",
            value=rate,
            unit="/s",
            floor=bare,
            floor_name="bare httpx posts",
            aim=f"at least {AIM:.2f} x",
            met=rate >= AIM * bare,
        ),
        Figure(
            name=f"  told to {count} people",
            value=told,
            unit="ms",
            aim="at most 1 s",
            met=told <= AIM_MS,
        ),
    ]


def _people(address: str, count: int) -> list[User]:
    # A receiver on this machine, and no e-mail to people who do not exist.
    here = {"notify_allow_hosts": [LOOPBACK], "mail_enabled": False}
    settings.COUNTERSIGN = {**settings.COUNTERSIGN, **here}
    names = [f"bench-told-{number}" for number in range(count)]
    people = User.objects.bulk_create(User(username=name) for name in names)
    Channel.objects.bulk_create(
        Channel(
            person=person,
            kind=Kind.WEBHOOK,
            label="Bench",
            address=f"{address}/{person.pk}",
            ranks={Urgency.NORMAL: 1},
            created_at=clock.now(),
        )
        for person in people
    )
    return people


def _message() -> Message:
    return Message(
        event="bench",
        urgency=Urgency.NORMAL,
        title="A change waits for the bench",
        lines=("Workflow: bench", "Decide by tomorrow."),
        path="/",
        subject_kind="bench",
        subject_id="1",
        key="bench",
    )


def _deliver(count: int) -> float:
    began, sent = time.perf_counter(), 0
    while tried := deliver_due(at_clock=clock.now):
        sent += tried
    took = time.perf_counter() - began
    check(sent == count, f"{count} messages should be tried, {sent} were")
    return count / took


def _bare(address: str, count: int) -> float:
    """Post the same body as often, with as many threads, over one client."""
    rows = Delivery.objects.select_related("notification", "channel")
    body = webhook.body_of(parcel_of(rows[0]))
    with httpx.Client() as client, ThreadPoolExecutor(_threads()) as pool:
        began = time.perf_counter()
        posts = pool.map(lambda _: client.post(f"{address}/0", json=body).status_code, range(count))
        statuses = set(posts)
        took = time.perf_counter() - began
    check(statuses == {204}, "every bare post should be taken")
    return count / took


def _threads() -> int:
    return int(settings.COUNTERSIGN["notify_threads"])
