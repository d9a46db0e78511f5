"""The outbox of approved revisions, every try to write one, and the kill switch."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestrator.commits.gate import Gate as Gate
from orchestrator.commits.states import (
    COMMIT_MOVES,
    HALT_MOVES,
    REVERSAL_MOVES,
    CommitState,
    HaltState,
    LetterKind,
    LetterVerdict,
    ReversalState,
    Scope,
)
from orchestrator.kernel.ids import new_commit_id
from orchestrator.kernel.states import Stateful


class Commit(Stateful):
    """The one execution of an approved revision."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = COMMIT_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_commit_id, editable=False)
    state = models.CharField(
        max_length=20, editable=False, choices=CommitState.choices(), default=CommitState.QUEUED
    )
    proposal = models.ForeignKey(
        "approvals.Proposal", on_delete=models.PROTECT, related_name="commits"
    )
    revision = models.OneToOneField(
        "approvals.Revision", on_delete=models.PROTECT, related_name="commit"
    )
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="commits")
    # The scopes the fence looks at, as text, so that one row answers every question.
    workflow = models.CharField(max_length=80)
    agent = models.CharField(max_length=60, blank=True, default="")
    objects_touched = ArrayField(models.CharField(max_length=80))
    # The records it writes: two commits on one record are never claimed together.
    record_keys = ArrayField(models.CharField(max_length=160), default=list)
    # Those and the parents the CRM locks with them: no other worker writes there meanwhile.
    hold_keys = ArrayField(models.CharField(max_length=160))
    # Siblings stand next to each other in a claim: the first parent key.
    order_key = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # The tries that count against the allowance: a halt or a used-up quota is nobody's fault.
    failures = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=40, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    # Set, durably, before the request leaves: from here on the outcome may be unknown.
    sent_at = models.DateTimeField(null=True)
    # Whether what was last sent carries a marker, which then proves that it happened or did not.
    marked = models.BooleanField(default=False)
    # When it was taken from a worker that died or got no answer; settled once the write's own
    # timeout has passed since.
    orphaned_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    # The record id of each change, as the CRM answered.
    written_ids = ArrayField(models.CharField(max_length=80), default=list)
    # Set on an unknown outcome too, once reading back could not tell and a person has to.
    finished_at = models.DateTimeField(null=True)
    # Per change, in order: values re-read just before, values read back after, how to undo it.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    inverse = models.JSONField(null=True)
    # The last error: class, code, words; kept while queued for another try.
    error_class = models.CharField(max_length=20, blank=True, default="")
    error_code = models.CharField(max_length=80, blank=True, default="")
    error_text = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["org", "due_at", "order_key"],
                name="commit_to_claim",
                condition=models.Q(state="queued"),
            ),
            models.Index(
                fields=["state", "claimed_at"],
                name="commit_in_flight",
                condition=models.Q(state__in=["claimed", "written", "unknown"]),
            ),
            models.Index(
                fields=["-finished_at"],
                name="commit_failed",
                condition=models.Q(state__in=["failed", "unknown"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="commit_state_is_known", condition=models.Q(state__in=CommitState.values())
            ),
            models.CheckConstraint(
                name="commit_claimed_by_somebody",
                condition=~models.Q(state="claimed") | ~models.Q(claim=""),
            ),
            models.CheckConstraint(
                name="commit_done_has_its_images",
                condition=~models.Q(state="done")
                | models.Q(after__isnull=False, inverse__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(state__in=["queued", "claimed", "written", "unknown", "failed"]),
                name="commit_one_open_per_proposal",
            ),
        ]


class Attempt(models.Model):
    """One try to write one commit."""

    commit = models.ForeignKey(Commit, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # The guard of each change, in order: LastModifiedDate of the re-read.
    guards = models.JSONField()
    outcome = models.CharField(max_length=20, blank=True, default="")
    error_class = models.CharField(max_length=20, blank=True, default="")
    error_code = models.CharField(max_length=80, blank=True, default="")
    error_text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["commit", "number"], name="attempt_number_once"),
        ]


class DeadLetter(models.Model):
    """A commit that waits for a person: why, since when, whose it is, and how it ended."""

    commit = models.ForeignKey(Commit, on_delete=models.PROTECT, related_name="letters")
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind.choices())
    # Error class, code and the fields that the CRM names: what is dealt with together.
    cause = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    verdict = models.CharField(
        max_length=20, blank=True, default="", choices=LetterVerdict.choices()
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["cause", "-id"],
                name="letter_open_by_cause",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"],
                name="letter_open_by_due",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["commit"],
                condition=models.Q(closed_at__isnull=True),
                name="letter_one_open_per_commit",
            ),
            models.CheckConstraint(
                name="letter_closed_with_a_verdict",
                condition=models.Q(closed_at__isnull=True, verdict="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(verdict="")),
            ),
        ]


class Reversal(Stateful):
    """A commit that a rollback takes back, or one share of it if one call cannot hold it all."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = REVERSAL_MOVES

    state = models.CharField(
        max_length=20,
        editable=False,
        choices=ReversalState.choices(),
        default=ReversalState.PROPOSED,
    )
    commit = models.ForeignKey(Commit, on_delete=models.PROTECT, related_name="reversals")
    # The rollback's proposal.
    proposal = models.ForeignKey(
        "approvals.Proposal", on_delete=models.PROTECT, related_name="reversals"
    )
    share = models.PositiveSmallIntegerField(default=0)
    # What stays as it is although we wrote it, in words: newer values, records that are gone.
    kept = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Nothing is taken back twice.
            models.UniqueConstraint(
                fields=["commit", "share"],
                condition=~models.Q(state="dropped"),
                name="reversal_once_per_share",
            ),
            models.CheckConstraint(
                name="reversal_state_is_known",
                condition=models.Q(state__in=ReversalState.values()),
            ),
            models.CheckConstraint(
                name="reversal_closed_at_iff_closed",
                condition=models.Q(state="proposed", closed_at__isnull=True)
                | (~models.Q(state="proposed") & models.Q(closed_at__isnull=False)),
            ),
        ]


class Hold(models.Model):
    """A record, or the parent it locks with, that one commit in flight has to itself."""

    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=160)
    commit = models.ForeignKey(Commit, on_delete=models.PROTECT, related_name="holds")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "key"], name="hold_once")]


class Halt(Stateful):
    """The kill switch, pulled for one scope."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = HALT_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=HaltState.choices(), default=HaltState.HALTING
    )
    scope = models.CharField(max_length=10, choices=Scope.choices())
    value = models.CharField(max_length=80, blank=True, default="")
    reason = models.TextField()
    halted_by = models.CharField(max_length=150)
    halted_by_label = models.CharField(max_length=200)
    halted_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    release_asked_by = models.CharField(max_length=150, blank=True, default="")
    release_asked_by_label = models.CharField(max_length=200, blank=True, default="")
    release_asked_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True, default="")
    released_by = models.CharField(max_length=150, blank=True, default="")
    released_by_label = models.CharField(max_length=200, blank=True, default="")
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-halted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "value"],
                condition=~models.Q(state="released"),
                name="halt_once_per_scope",
            ),
            models.CheckConstraint(
                name="halt_of_the_whole_has_no_value",
                condition=models.Q(scope__in=["agents", "all"], value="")
                | (~models.Q(scope__in=["agents", "all"]) & ~models.Q(value="")),
            ),
            models.CheckConstraint(
                name="halt_released_by_two_people",
                condition=~models.Q(state="released")
                | (
                    ~models.Q(release_asked_by="")
                    & ~models.Q(released_by="")
                    & ~models.Q(released_by=models.F("release_asked_by"))
                ),
            ),
        ]


class Pulse(models.Model):
    """When a part of the system last showed that it lives (beat, a queue's worker)."""

    part = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
