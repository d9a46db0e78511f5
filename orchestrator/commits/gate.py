"""The gate of an org: whether commits may pass, how many share a call, how many workers at once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from orchestrator.commits.breaker import BREAKER_MOVES, Breaker, Cause
from orchestrator.kernel.states import Stateful

FULL_PACE = 25


class Gate(Stateful):
    """
    What all workers of an org share, beside the commits themselves.

    Read once a claim; written only when something changes, never for a call that went well.
    """

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = BREAKER_MOVES

    org = models.OneToOneField(
        "orgs.Org", on_delete=models.PROTECT, primary_key=True, related_name="gate"
    )
    state = models.CharField(
        max_length=20, editable=False, choices=Breaker.choices(), default=Breaker.CLOSED
    )
    # Why it is not closed: the kind, the CRM's own words, and since when.
    cause = models.CharField(max_length=10, blank=True, default="", choices=Cause.choices())
    text = models.TextField(blank=True, default="")
    paused_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)
    # The claim of the worker that probes; its lock says whether that worker still lives.
    probe_claim = models.CharField(max_length=40, blank=True, default="")
    # Faults of whole calls in a row, and openings in a row; a call that writes ends both.
    faults = models.PositiveSmallIntegerField(default=0)
    openings = models.PositiveSmallIntegerField(default=0)
    # How many units a call may carry.
    pace = models.PositiveSmallIntegerField(default=FULL_PACE)
    # How many workers may commit at once until then, if fewer than the setting says.
    ceiling = models.PositiveSmallIntegerField(null=True)
    ceiling_until = models.DateTimeField(null=True)
    # The daily allowance of calls as an answer of the CRM last told it.
    used = models.PositiveIntegerField(null=True)
    allowed = models.PositiveIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gate_state_is_known", condition=models.Q(state__in=Breaker.values())
            ),
            models.CheckConstraint(
                name="gate_paused_has_a_cause_and_a_probe",
                condition=models.Q(state="closed", cause="", paused_at=None, probe_at=None)
                | (
                    ~models.Q(state="closed")
                    & ~models.Q(cause="")
                    & models.Q(paused_at__isnull=False, probe_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="gate_half_open_has_one_prober",
                condition=models.Q(state="half_open") & ~models.Q(probe_claim="")
                | ~models.Q(state="half_open") & models.Q(probe_claim=""),
            ),
            models.CheckConstraint(
                name="gate_pace_fits_a_call",
                condition=models.Q(pace__gte=1, pace__lte=FULL_PACE),
            ),
        ]

    @property
    def closed(self) -> bool:
        """Say whether commits may pass."""
        return self.state == Breaker.CLOSED

    @property
    def share(self) -> float | None:
        """Return the used share of the daily allowance, if it was ever told."""
        return (self.used or 0) / self.allowed if self.allowed else None

    def seats(self, allowed: int, *, at: dt.datetime) -> int:
        """Return how many workers may commit at once, of the `allowed` ones."""
        if self.ceiling is None or self.ceiling_until is None or self.ceiling_until <= at:
            return allowed
        return min(self.ceiling, allowed)
