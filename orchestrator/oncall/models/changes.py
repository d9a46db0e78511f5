"""What stands above the rotations: overrides, and swaps that both have agreed to."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from orchestrator.kernel.states import Stateful
from orchestrator.oncall.models.schedules import Schedule
from orchestrator.oncall.states import SWAP_MOVES, SwapState

FORWARDS = models.Q(ends_at__gt=models.F("starts_at"))


class Override(models.Model):
    """
    Somebody is on call instead of whoever would be.

    Two in force never overlap: the migration has the exclusion constraint
    `overrides_of_a_schedule_do_not_overlap`, which Django's own needs an app for.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="overrides")
    person = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["schedule", "starts_at"]
        indexes = [models.Index(fields=["schedule", "ends_at"], name="override_by_end")]
        constraints = [
            models.CheckConstraint(name="override_runs_forwards", condition=FORWARDS),
        ]


class Swap(Stateful):
    """One person asks another to change shifts; nothing changes until the other accepts."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = SWAP_MOVES

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="swaps")
    state = models.CharField(
        max_length=20, editable=False, choices=SwapState.choices(), default=SwapState.ASKED
    )
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    # The asker's shift, which the other takes; and the other's, which the asker takes.
    # A swap concerns these two layers and no other in which the two may stand as well.
    gives_layer = models.PositiveSmallIntegerField()
    gives_from = models.DateTimeField()
    gives_until = models.DateTimeField()
    takes_layer = models.PositiveSmallIntegerField()
    takes_from = models.DateTimeField()
    takes_until = models.DateTimeField()
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    # The earlier of the two shifts has begun: too late to agree.
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["schedule", "-asked_at"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="swap_by_expiry",
                condition=models.Q(state=SwapState.ASKED),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="swap_state_is_known", condition=models.Q(state__in=SwapState.values())
            ),
            models.CheckConstraint(
                name="swap_runs_forwards",
                condition=models.Q(
                    gives_until__gt=models.F("gives_from"), takes_until__gt=models.F("takes_from")
                ),
            ),
            models.CheckConstraint(
                name="swap_is_between_two_people",
                condition=~models.Q(asked_by=models.F("asked_of")),
            ),
            models.CheckConstraint(
                name="swap_settled_at_iff_settled",
                condition=models.Q(state=SwapState.ASKED, settled_at__isnull=True)
                | (~models.Q(state=SwapState.ASKED) & models.Q(settled_at__isnull=False)),
            ),
        ]
