"""The Celery application: queues, delivery rules and the beat table."""

import os
from typing import Any

from celery import Celery, Task
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")


QUEUES = ("prepare", "commit", "timers", "notify", "insight")


class OnLivingConnection(Task):  # type: ignore[type-arg]  # not generic at run time
    """A task that looks at its worker's database connection first, as a web request does."""

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Let go of a connection that a restarted database ended; Django opens another."""
        close_old_connections()


app = Celery("countersign", task_cls=OnLivingConnection)
# Of every thread, not of this one alone: web threads send wake-ups too.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
# Celery's Django fixup closes the connection around every task unless it is told to keep it.
app.conf.CELERY_DB_REUSE_MAX = 1_000_000
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_create_missing_queues=False,
    task_default_queue="timers",
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
    },
    task_queues={name: {} for name in QUEUES},
    task_routes={
        "approvals.tasks.prepare": {"queue": "prepare"},
        "approvals.tasks.decide_bulk": {"queue": "notify"},
        "orchestrator.commits.tasks.drain": {"queue": "commit"},
        "orchestrator.reconciliation.tasks.*": {"queue": "insight"},
        "orchestrator.observation.tasks.*": {"queue": "insight"},
        "orchestrator.duties.tasks.*": {"queue": "insight"},
        "orchestrator.oncall.tasks.read_feeds": {"queue": "notify"},
        "orchestrator.notifications.tasks.*": {"queue": "notify"},
        "orchestrator.webhooks.tasks.*": {"queue": "notify"},
        "orchestrator.chat.tasks.*": {"queue": "notify"},
    },
    # Sweeps find what a lost wake-up left behind; every one of them is safe to run twice.
    beat_schedule={
        "prepare-sweep": {"task": "approvals.tasks.prepare", "schedule": 2.0},
        "drain-sweep": {"task": "orchestrator.commits.tasks.drain_all", "schedule": 2.0},
        "settle-sweep": {"task": "orchestrator.commits.tasks.settle", "schedule": 2.0},
        "halt-sweep": {"task": "orchestrator.commits.tasks.confirm_halts", "schedule": 1.0},
        "announce-sweep": {"task": "approvals.tasks.announce", "schedule": 2.0},
        "webhook-sweep": {"task": "orchestrator.webhooks.tasks.deliver", "schedule": 2.0},
        "webhook-forget": {"task": "orchestrator.webhooks.tasks.forget", "schedule": 3600.0},
        "bulk-sweep": {"task": "approvals.tasks.decide_bulk", "schedule": 2.0},
        "absence-sweep": {"task": "approvals.tasks.follow_absences", "schedule": 20.0},
        "expire-sweep": {"task": "approvals.tasks.expire", "schedule": 1.0},
        "overdue-sweep": {"task": "approvals.tasks.record_breaches", "schedule": 5.0},
        "unread-sweep": {"task": "orchestrator.commits.tasks.watch_unread", "schedule": 10.0},
        "escalate-sweep": {
            "task": "orchestrator.commits.tasks.escalate_overdue",
            "schedule": 10.0,
        },
        "call-sweep": {"task": "orchestrator.commits.tasks.call_people", "schedule": 5.0},
        "reversal-sweep": {
            "task": "orchestrator.rollbacks.tasks.drop_dead",
            "schedule": 30.0,
        },
        # Beside preparation: a dead worker of timers or messages is noticed by one who lives.
        "chat-sweep": {"task": "orchestrator.chat.tasks.offer", "schedule": 5.0},
        "auditor": {
            "task": "orchestrator.assurance.tasks.look",
            "schedule": 60.0,
            "options": {"queue": "prepare", "expires": 60},
        },
        "auditor-forget": {"task": "orchestrator.assurance.tasks.forget", "schedule": 3600.0},
        "sessions-forget": {"task": "orchestrator.identity.tasks.forget", "schedule": 3600.0},
        # To the workers of every queue; what they could not answer in time tells nothing later.
        **{
            f"pulse-{queue}": {
                "task": "orchestrator.commits.tasks.pulse",
                "schedule": 5.0,
                "kwargs": {"part": queue},
                "options": {"queue": queue, "expires": 10},
            }
            for queue in QUEUES
        },
        "reconcile-sweep": {
            "task": "orchestrator.reconciliation.tasks.reconcile",
            "schedule": 5.0,
        },
        "timers-tick": {"task": "orchestrator.timers.tasks.tick", "schedule": 1.0},
        "timers-purge": {"task": "orchestrator.timers.tasks.purge", "schedule": 3600.0},
        "pages-sweep": {"task": "orchestrator.paging.tasks.move_on", "schedule": 10.0},
        "deliver-sweep": {"task": "orchestrator.notifications.tasks.deliver", "schedule": 2.0},
        "forget-sweep": {"task": "orchestrator.notifications.tasks.forget", "schedule": 3600.0},
        "observe-sweep": {"task": "orchestrator.observation.tasks.observe", "schedule": 60.0},
        "duties-sweep": {"task": "orchestrator.duties.tasks.keep_duties", "schedule": 60.0},
        "swap-sweep": {"task": "orchestrator.oncall.tasks.expire_swaps", "schedule": 30.0},
        "calendar-sweep": {"task": "orchestrator.oncall.tasks.read_feeds", "schedule": 60.0},
        "gap-sweep": {"task": "orchestrator.oncall.tasks.announce_gaps", "schedule": 3600.0},
    },
)
app.autodiscover_tasks()
