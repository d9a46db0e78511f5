"""Due times with a step: what the next tick looks at."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models

from orchestrator.kernel.states import Stateful
from orchestrator.timers.states import ENDED, TIMER_MOVES, TimerState


class Timer(Stateful):
    """One step of one subject, due at a time; the kind says who handles it."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = TIMER_MOVES

    state = models.CharField(
        max_length=20,
        editable=False,
        choices=TimerState.choices(),
        default=TimerState.OPEN,
        db_default=TimerState.OPEN.value,
    )
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    step = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    # When it was meant to fire: the order of a subject's steps, and what lateness is measured from.
    planned_at = models.DateTimeField()
    # When it is tried next: later than planned once its handler has failed.
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    # The earlier steps that this one stands for; told to the handler, stored nowhere.
    missed: Sequence["Timer"] = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "step"], name="timer_once_per_kind_subject_and_step"
            ),
            models.CheckConstraint(
                name="timer_state_is_known", condition=models.Q(state__in=TimerState.values())
            ),
            models.CheckConstraint(
                name="timer_ended_at_iff_ended",
                condition=models.Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | (~models.Q(state__in=sorted(ENDED)) & models.Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="timer_stuck_says_why",
                condition=~models.Q(state="stuck") | ~models.Q(error=""),
            ),
        ]
        indexes = [
            # What a tick reads: its cost follows what is due, not what is open.
            models.Index(
                fields=["kind", "due_at", "id"],
                name="timer_due",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["kind"], name="timer_stuck", condition=models.Q(state="stuck")),
            models.Index(
                fields=["ended_at"],
                name="timer_ended",
                condition=models.Q(ended_at__isnull=False),
            ),
        ]

    @property
    def lateness(self) -> dt.timedelta:
        """Return how long after its planned time it ended; nothing while it is open."""
        return self.ended_at - self.planned_at if self.ended_at else dt.timedelta()
