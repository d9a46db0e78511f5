"""Reviews (a role's duty to decide) and decisions (a person's vote)."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from approvals.models.proposals import Proposal, Revision
from approvals.states import REVIEW_MOVES, ReviewState, Vote
from orchestrator.kernel.ids import new_review_id
from orchestrator.kernel.states import Stateful


class Review(Stateful):
    """One stage of one revision: a role must decide, with a quorum, until a due time."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = REVIEW_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_review_id, editable=False)
    state = models.CharField(max_length=20, editable=False, choices=ReviewState.choices())
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="reviews")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reviews")
    # Copied from the proposal so that the inbox reads one index; the last two by a trigger.
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey("agents.Agent", on_delete=models.PROTECT, null=True, related_name="+")
    group_key = models.CharField(max_length=40, default="", editable=False)
    stage = models.PositiveSmallIntegerField()
    role = models.ForeignKey("people.Role", on_delete=models.PROTECT, related_name="reviews")
    # Set when the review was handed to one person.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="assigned"
    )
    # How many approvals close the stage; frozen when it was routed ("all" became a number).
    quorum = models.PositiveSmallIntegerField()
    # Which rule made this stage: the answer to "why did this come to me?".
    policy = models.JSONField()
    # Its clock starts when it opens; what it is computed with stands in the policy, under "sla".
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When it was found open past its due time; set once.
    breached_at = models.DateTimeField(null=True)
    # What was left of its time when it was sent back: the same stage goes on with it.
    remaining = models.DurationField(null=True)
    # What happens while nobody decides, frozen when it opened: see approvals/escalation/plans.py.
    plan = models.JSONField(default=list)
    # Whose members may decide it too, since its time ran short.
    widened_to = models.ForeignKey(
        "people.Role", on_delete=models.PROTECT, null=True, related_name="widened_reviews"
    )

    class Meta:
        ordering = ["stage"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "stage"], name="review_stage_once"),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(state="open"),
                name="review_one_open_per_proposal",
            ),
            models.CheckConstraint(name="review_quorum_asks", condition=models.Q(quorum__gt=0)),
            models.CheckConstraint(
                name="review_due_once_opened",
                condition=models.Q(opened_at__isnull=True, due_at__isnull=True)
                | models.Q(opened_at__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_open_is_opened",
                condition=~models.Q(state="open") | models.Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_state_is_known", condition=models.Q(state__in=ReviewState.values())
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="review_to_find_overdue",
                condition=models.Q(breached_at__isnull=True)
                & (models.Q(state="open") | models.Q(closed_at__gte=models.F("due_at"))),
            ),
            # Which reviews of a workflow were closed in time, newest first.
            models.Index(
                fields=["workflow", "closed_at"],
                name="review_by_closing",
                condition=models.Q(closed_at__isnull=False, due_at__isnull=False),
            ),
            # The inbox finds its keys in the index alone, whomever they were handed to.
            models.Index(
                fields=["role", "due_at", "id"],
                name="review_inbox",
                include=["assignee"],
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["group_key", "due_at", "id"],
                name="review_by_group",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["agent", "due_at", "id"],
                name="review_by_agent",
                condition=models.Q(state="open", agent__isnull=False),
            ),
            models.Index(
                fields=["workflow", "due_at", "id"],
                name="review_by_workflow",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["widened_to", "due_at", "id"],
                name="review_widened",
                condition=models.Q(state="open", widened_to__isnull=False),
            ),
            models.Index(
                fields=["assignee", "due_at", "id"],
                name="review_assigned",
                condition=models.Q(state="open", assignee__isnull=False),
            ),
        ]
        triggers = [
            # Whatever code stores a review, the lists find it.
            pgtrigger.Trigger(
                name="copy_what_lists_read",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    SELECT p.agent_id, p.group_key INTO NEW.agent_id, NEW.group_key
                    FROM approvals_proposal p WHERE p.id = NEW.proposal_id;
                    RETURN NEW;
                """,
            )
        ]


class Decision(models.Model):
    """One person's vote on one revision: made once, never changed."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    vote = models.CharField(max_length=10, choices=Vote.choices())
    # The digest on the screen of the person who voted.
    digest = models.CharField(max_length=80)
    reason_code = models.CharField(max_length=60, blank=True, default="")
    text = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    # Whose place this vote fills where the person stood in for somebody, who was away until then.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    on_behalf_until = models.DateTimeField(null=True)
    # Cast in place of the role, by somebody who runs the workflow.
    overrides = models.BooleanField(default=False)

    class Meta:
        ordering = ["at"]
        constraints = [
            # A place is filled once: by its member, or by who stands in for them.
            models.UniqueConstraint(
                models.F("revision"),
                Coalesce("on_behalf_of", "person"),
                name="decision_one_vote_per_place",
            ),
            models.CheckConstraint(
                name="decision_on_behalf_has_an_end",
                condition=models.Q(on_behalf_of__isnull=True, on_behalf_until__isnull=True)
                | models.Q(on_behalf_of__isnull=False, on_behalf_until__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_on_behalf_of_somebody_else",
                condition=~models.Q(on_behalf_of=models.F("person")),
            ),
            # Separation of duties: nobody fills two stages of one revision.
            models.UniqueConstraint(
                fields=["revision", "person"], name="decision_one_vote_per_person"
            ),
            models.CheckConstraint(
                name="decision_no_without_words",
                condition=models.Q(vote="approve") | ~models.Q(text=""),
            ),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="decision_by_person")]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
