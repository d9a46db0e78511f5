"""Proposals that were only observed, and what people did to the same fields."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from orchestrator.kernel.states import Stateful
from orchestrator.observation.states import OBSERVATION_MOVES, ObservationState, Result


class Observation(Stateful):
    """One observed proposal, watched for some days and then scored."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = OBSERVATION_MOVES

    proposal = models.OneToOneField(
        "approvals.Proposal",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="observation",
    )
    state = models.CharField(
        max_length=20,
        editable=False,
        choices=ObservationState.choices(),
        default=ObservationState.WATCHING,
    )
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="+")
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # When to look next; pushed forward while a worker looks.
    due_at = models.DateTimeField()
    looks = models.PositiveSmallIntegerField(default=0)
    # Tries in a row that the CRM did not answer.
    attempts = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    # Per field: change, record, base, proposed, result so far, and the value that made it.
    fields = models.JSONField(default=list)
    result = models.CharField(max_length=20, blank=True, default="", choices=Result.choices())
    scored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="observation_due",
                condition=models.Q(state="watching"),
            ),
            models.Index(fields=["starts_at"], name="observation_by_start"),
            models.Index(fields=["workflow", "-proposal"], name="observation_by_workflow"),
            models.Index(
                fields=["workflow", "scored_at"],
                name="observation_by_score",
                condition=models.Q(state="scored"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="observation_state_is_known",
                condition=models.Q(state__in=ObservationState.values()),
            ),
            models.CheckConstraint(
                name="observation_scored_with_a_result",
                condition=models.Q(state="watching", scored_at__isnull=True, result="")
                | models.Q(state="scored", scored_at__isnull=False, result__in=Result.values()),
            ),
        ]
