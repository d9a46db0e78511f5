"""Proposals and their immutable revisions."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from approvals.models.outcome_triggers import OUTCOME_TRIGGERS
from approvals.states import (
    APPROVED_ONCE,
    CLOSED,
    PROPOSAL_MOVES,
    ProposalState,
    Purpose,
    RevisionCause,
    Risk,
)
from orchestrator.kernel.ids import new_proposal_id
from orchestrator.kernel.states import Stateful

# What the inbox looks through: the requester's title and the record's name.
WORDS = SearchVector("title", KeyTextTransform("label", "headline"), config="simple")
UNDECIDED_STATES = ["received", "in_review", "revision_requested"]


class Proposal(Stateful):
    """A change set that somebody asks for, from submission to its outcome."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = PROPOSAL_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_proposal_id, editable=False)
    state = models.CharField(
        max_length=20,
        editable=False,
        choices=ProposalState.choices(),
        default=ProposalState.RECEIVED,
    )
    workflow = models.ForeignKey(
        "workflows.Workflow", on_delete=models.PROTECT, related_name="proposals"
    )
    version = models.ForeignKey(
        "workflows.WorkflowVersion", on_delete=models.PROTECT, related_name="proposals"
    )
    # Empty for what a person proposes, such as a promotion.
    agent = models.ForeignKey(
        "agents.Agent", on_delete=models.PROTECT, null=True, related_name="proposals"
    )
    requester_kind = models.CharField(max_length=10)
    requester_id = models.CharField(max_length=150)
    requester_label = models.CharField(max_length=200)
    # User names who may not decide: the owner, whoever triggered it, every person who edited it.
    barred = ArrayField(models.CharField(max_length=150), default=list)
    action = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10, choices=Purpose.choices(), default=Purpose.CHANGE)
    title = models.CharField(max_length=200, blank=True, default="")
    run = models.CharField(max_length=200, blank=True, default="")
    idempotency_key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=80)
    # What the first answer said: a replay gets the same one.
    receipt = models.JSONField(default=dict)
    revision_number = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=80)
    confidence = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    risk = models.CharField(max_length=10, choices=Risk.choices(), default=Risk.MEDIUM)
    risk_reasons = models.JSONField(default=list)
    mode = models.CharField(max_length=10, blank=True, default="")
    # What lists show without opening the changes: object, record, label, fields, first change.
    headline = models.JSONField(default=dict)
    # What is alike: see approvals/group_keys.py. Set when its records are read.
    group_key = models.CharField(max_length=40, default="", editable=False)
    created_at = models.DateTimeField()
    # When preparation is due: set while the current revision's base is not read yet.
    prepare_at = models.DateTimeField(null=True)
    prepare_attempts = models.PositiveIntegerField(default=0)
    # When it expires if nothing happens: until people decided, or until the agent answered.
    deadline_at = models.DateTimeField()
    # The requester's own limit: it runs through every pause, and nothing moves it.
    timeout_at = models.DateTimeField(null=True)
    # While a question waits for its answer: until when the agent may answer, and how much of the
    # time to decide was left, which runs on from the answer.
    answer_by = models.DateTimeField(null=True)
    decide_left = models.DurationField(null=True)
    send_backs = models.PositiveIntegerField(default=0)
    approved_at = models.DateTimeField(null=True)
    execute_by = models.DateTimeField(null=True)
    # Until when people may take their approval back; nothing is written before.
    undo_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When it last came where no other column says when: sent back, failed, unknown, returned.
    moved_at = models.DateTimeField(null=True)
    # Why it is where it is, in words for people and agents: code and text.
    outcome_code = models.CharField(max_length=60, blank=True, default="")
    outcome_text = models.TextField(blank=True, default="")
    # The rollback whose commit took this back, once it did.
    reverted_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reverted"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["prepare_at"],
                name="proposal_to_prepare",
                condition=models.Q(prepare_at__isnull=False),
            ),
            models.Index(
                fields=["deadline_at"],
                name="proposal_to_decide",
                condition=models.Q(state__in=UNDECIDED_STATES),
            ),
            models.Index(
                fields=["execute_by"],
                name="proposal_to_execute",
                condition=models.Q(state="approved"),
            ),
            models.Index(fields=["agent", "state", "id"], name="proposal_by_agent"),
            models.Index(fields=["workflow", "state", "id"], name="proposal_by_workflow"),
            # What one work run asked for: a rollback takes it back as a whole.
            models.Index(fields=["run", "id"], name="proposal_by_run", condition=~models.Q(run="")),
            # How many writes a workflow's limits have seen in their window.
            models.Index(
                fields=["workflow", "approved_at"],
                name="proposal_by_approval",
                condition=models.Q(approved_at__isnull=False),
            ),
            # What has been decided, newest first: closed, or approved and on its way.
            models.Index(
                Coalesce("closed_at", "approved_at").desc(),
                models.F("id").desc(),
                name="proposal_by_ending",
                condition=models.Q(closed_at__isnull=False) | models.Q(approved_at__isnull=False),
            ),
            models.Index(
                models.F("workflow"),
                Coalesce("closed_at", "approved_at").desc(),
                models.F("id").desc(),
                name="proposal_by_workflow_ending",
                condition=models.Q(closed_at__isnull=False) | models.Q(approved_at__isnull=False),
            ),
            # What an agent's latest proposals of one kind came to.
            models.Index(
                fields=["agent", "workflow", "action", "-id"],
                name="proposal_of_a_kind",
                condition=models.Q(agent__isnull=False),
            ),
            # What a person asked for, newest first.
            models.Index(
                fields=["requester_id", "-created_at", "-id"],
                name="proposal_by_person",
                condition=models.Q(requester_kind="person"),
            ),
            # The words of what waits for people.
            GinIndex(WORDS, name="proposal_words", condition=models.Q(state="in_review")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["requester_kind", "requester_id", "idempotency_key"],
                name="proposal_idempotency_key_once",
            ),
            models.CheckConstraint(
                name="proposal_state_is_known",
                condition=models.Q(state__in=ProposalState.values()),
            ),
            models.CheckConstraint(
                name="proposal_purpose_is_known",
                condition=models.Q(purpose__in=Purpose.values()),
            ),
            models.CheckConstraint(
                name="proposal_rollback_is_asked_by_a_person",
                condition=models.Q(purpose=Purpose.CHANGE) | models.Q(agent=None),
            ),
            models.CheckConstraint(
                name="proposal_reverted_iff_by_a_rollback",
                condition=models.Q(state="reverted", reverted_by__isnull=False)
                | (~models.Q(state="reverted") & models.Q(reverted_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="proposal_closed_at_iff_closed",
                condition=models.Q(state__in=sorted(CLOSED), closed_at__isnull=False)
                | (~models.Q(state__in=sorted(CLOSED)) & models.Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="proposal_approved_has_its_times",
                condition=~models.Q(state__in=sorted(APPROVED_ONCE))
                | models.Q(approved_at__isnull=False, execute_by__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_undone_only_if_approved",
                condition=models.Q(undo_until__isnull=True)
                | models.Q(approved_at__isnull=False, undo_until__gt=models.F("approved_at")),
            ),
            models.CheckConstraint(
                name="proposal_confidence_is_a_share",
                condition=models.Q(confidence__isnull=True)
                | models.Q(confidence__gte=0, confidence__lte=1),
            ),
            models.CheckConstraint(
                name="proposal_paused_with_its_clocks",
                condition=~models.Q(state="revision_requested")
                | models.Q(answer_by__isnull=False, decide_left__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_prepared_before_it_leaves",
                condition=models.Q(prepare_at__isnull=True)
                | models.Q(state__in=["received", "in_review"]),
            ),
        ]
        triggers = OUTCOME_TRIGGERS

    def subject(self) -> dict[str, str]:
        """Return how the ledger names this proposal; workflow and agent must be loaded with it."""
        return {
            "subject_kind": "proposal",
            "subject_id": self.pk,
            "proposal_id": self.pk,
            "workflow": self.workflow.slug,
            "agent": self.agent.slug if self.agent else "",
        }


class Revision(models.Model):
    """One immutable content of a proposal; its digest is what people decide on."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=20, choices=RevisionCause.choices())
    author_kind = models.CharField(max_length=10)
    author_id = models.CharField(max_length=150)
    author_label = models.CharField(max_length=200)
    # Exactly what the digest covers: see approvals/content.py.
    content = models.JSONField()
    digest = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True)
    verdict = models.JSONField(null=True)
    # For a record that moved: what was approved, what was found (three-way view).
    conflict = models.JSONField(null=True)
    # For what a person edited while deciding: what they left out, changed, and why.
    alteration = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="revision_number_once"),
            models.CheckConstraint(
                name="revision_prepared_with_a_verdict",
                condition=models.Q(prepared_at__isnull=True, verdict__isnull=True)
                | models.Q(prepared_at__isnull=False, verdict__isnull=False),
            ),
            models.CheckConstraint(
                name="revision_edited_says_what",
                condition=~models.Q(cause="edited") | models.Q(alteration__isnull=False),
            ),
        ]
        triggers = [
            # What people saw stays what it was: content and digest never, base and verdict once.
            pgtrigger.Trigger(
                name="freeze",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__digest__df=pgtrigger.F("new__digest"))
                | pgtrigger.Q(old__content__df=pgtrigger.F("new__content"))
                | pgtrigger.Q(old__number__df=pgtrigger.F("new__number"))
                | pgtrigger.Q(old__prepared_at__isnull=False),
                func="RAISE EXCEPTION 'A prepared revision does not change';",
            )
        ]
