"""One person's decision on many proposals, item by item."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from approvals.models.proposals import Proposal
from approvals.states import (
    BULK_ITEM_MOVES,
    BULK_MOVES,
    BulkItemState,
    BulkState,
    Vote,
)
from orchestrator.kernel.ids import new_bulk_decision_id
from orchestrator.kernel.states import Stateful


class BulkDecision(Stateful):
    """A vote that one person casts on many proposals; each item is guarded on its own."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = BULK_MOVES

    id = models.CharField(
        primary_key=True, max_length=40, default=new_bulk_decision_id, editable=False
    )
    state = models.CharField(
        max_length=20, editable=False, choices=BulkState.choices(), default=BulkState.RUNNING
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_decisions"
    )
    vote = models.CharField(max_length=10, choices=Vote.choices())
    reason_code = models.CharField(max_length=60, blank=True, default="")
    text = models.TextField(blank=True, default="")
    # What people call it: "Rollback rbk_…", "34 changes of StageName".
    title = models.CharField(max_length=200, blank=True, default="")
    # Where the person came from, a path on this site, to go back to.
    origin = models.CharField(max_length=200, blank=True, default="")
    # A form that is sent twice starts one bulk decision.
    key = models.CharField(max_length=80)
    total = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # How long the person had the list before them, where that is known, and how long it needs.
    took = models.DurationField(null=True)
    least = models.DurationField(null=True)
    takes = models.DurationField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="bulk_decision_key_once"),
            models.CheckConstraint(
                name="bulk_decision_finished_at_iff_finished",
                condition=models.Q(state="running", finished_at__isnull=True)
                | (~models.Q(state="running") & models.Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="bulk_decision_took_with_what_it_needs",
                condition=models.Q(took__isnull=True, least__isnull=True, takes__isnull=True)
                | models.Q(took__isnull=False, least__isnull=False, takes__isnull=False),
            ),
            models.CheckConstraint(
                name="bulk_decision_says_yes_or_no",
                condition=models.Q(vote__in=["approve", "deny"]),
            ),
            models.CheckConstraint(
                name="bulk_decision_no_without_words",
                condition=models.Q(vote="approve") | ~models.Q(text=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="bulk_decision_running",
                condition=models.Q(state="running"),
            ),
            models.Index(fields=["person", "-created_at"], name="bulk_decision_by_person"),
        ]

    def hasty(self) -> bool:
        """Say whether it approved a list sooner than anybody can skim it; unknown is no."""
        if self.took is None or self.least is None or self.vote != Vote.APPROVE:
            return False
        return self.took < self.least


class BulkItem(Stateful):
    """One proposal of a bulk decision, with the digest that was on the screen."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = BULK_ITEM_MOVES

    state = models.CharField(
        max_length=20,
        editable=False,
        choices=BulkItemState.choices(),
        default=BulkItemState.WAITING,
    )
    bulk = models.ForeignKey(BulkDecision, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True)
    # Why it was not decided: a stable code and words.
    code = models.CharField(max_length=60, blank=True, default="")
    detail = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "proposal"], name="bulk_item_proposal_once"),
            models.UniqueConstraint(fields=["bulk", "position"], name="bulk_item_position_once"),
            models.CheckConstraint(
                name="bulk_item_decided_at_iff_decided",
                condition=models.Q(state="waiting", decided_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="bulk_item_refused_says_why",
                condition=~models.Q(state="refused") | ~models.Q(code=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["bulk", "position"],
                name="bulk_item_waiting",
                condition=models.Q(state="waiting"),
            )
        ]
