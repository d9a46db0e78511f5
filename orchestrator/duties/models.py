"""Standing duties of people, each time one comes round, and the lines to sign off one by one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestrator.duties.states import (
    LINE_MOVES,
    NEEDS_NO_WORDS,
    ROUND_MOVES,
    DutyKind,
    LineState,
    Rhythm,
    RoundState,
    Verdict,
)
from orchestrator.kernel.states import Stateful


class Duty(models.Model):
    """A standing obligation of a role: for one workflow, or for the whole installation."""

    kind = models.CharField(max_length=20, choices=DutyKind.choices())
    # Empty for a duty of the whole installation.
    workflow = models.ForeignKey(
        "workflows.Workflow", on_delete=models.PROTECT, null=True, related_name="duties"
    )
    role = models.ForeignKey("people.Role", on_delete=models.PROTECT, related_name="duties")
    rhythm = models.CharField(max_length=20, choices=Rhythm.choices())
    # Monday is 0; or the day of the month; or the how-manieth working day of it.
    day = models.PositiveSmallIntegerField()
    time = models.TimeField()
    zone = models.CharField(max_length=60, default="UTC")
    # How many working days there are to do it.
    due_within = models.PositiveSmallIntegerField()
    # When it comes round next, and the period that it will stand for.
    opens_at = models.DateTimeField()
    period = models.CharField(max_length=10)
    # Up to where the rounds so far have looked; what comes after is for the next one.
    looked_until = models.DateTimeField()

    class Meta:
        ordering = ["opens_at", "id"]
        indexes = [models.Index(fields=["opens_at"], name="duty_to_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "workflow"], nulls_distinct=False, name="duty_once_per_scope"
            ),
            models.CheckConstraint(
                name="duty_kind_is_known", condition=models.Q(kind__in=DutyKind.values())
            ),
            models.CheckConstraint(
                name="duty_kind_fits_its_scope",
                condition=models.Q(kind="access_review", workflow__isnull=True)
                | (~models.Q(kind="access_review") & models.Q(workflow__isnull=False)),
            ),
            models.CheckConstraint(
                name="duty_day_fits_its_rhythm",
                condition=models.Q(rhythm="weekly", day__lte=6)
                | models.Q(rhythm="monthly", day__gte=1, day__lte=31)
                | models.Q(rhythm="monthly_working", day__gte=1, day__lte=23),
            ),
            models.CheckConstraint(
                name="duty_leaves_time", condition=models.Q(due_within__gte=1, due_within__lte=60)
            ),
        ]


NOT_ALL_SIGNED = """
IF EXISTS (SELECT FROM duties_dutyline WHERE round_id = NEW.id AND state <> 'signed') THEN
    RAISE EXCEPTION 'A round ends once every line is signed' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class DutyRound(Stateful):
    """One time that a duty comes round."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = ROUND_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=RoundState.choices(), default=RoundState.OPEN
    )
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="rounds")
    # Such as 2026-W47 or 2026-11. Those that passed while nothing ran are named, and make no
    # round of their own: this one looks at their time too.
    period = models.CharField(max_length=10)
    missed = ArrayField(models.CharField(max_length=10), default=list)
    covers_from = models.DateTimeField()
    covers_until = models.DateTimeField()
    # Empty while nobody of the role can be reached.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="duty_rounds"
    )
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    summary = models.TextField(blank=True, default="")
    # Over every line with what was said of it, once it is done.
    digest = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        verbose_name = "round"
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], name="round_to_do", condition=~models.Q(state="done")),
            models.Index(
                fields=["assignee", "due_at"],
                name="round_by_assignee",
                condition=~models.Q(state="done"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["duty", "period"], name="round_once_per_period"),
            models.CheckConstraint(
                name="round_state_is_known", condition=models.Q(state__in=RoundState.values())
            ),
            models.CheckConstraint(
                name="round_finished_iff_done",
                condition=models.Q(
                    state="done", finished_at__isnull=False, finished_by__isnull=False
                )
                & ~models.Q(digest="")
                | ~models.Q(state="done")
                & models.Q(finished_at__isnull=True, finished_by__isnull=True, digest=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="done_once_all_is_signed",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="done") & ~pgtrigger.Q(old__state="done"),
                func=NOT_ALL_SIGNED,
            ),
            pgtrigger.Protect(
                name="done_is_done",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="done"),
            ),
        ]


class DutyLine(Stateful):
    """One thing to sign off, as it was when the round opened."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = LINE_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=LineState.choices(), default=LineState.OPEN
    )
    round = models.ForeignKey(DutyRound, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    section = models.CharField(max_length=30)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=250)
    title = models.CharField(max_length=250)
    words = models.TextField(blank=True, default="")
    # Pairs of a name and a value, in the order in which they are shown.
    facts = models.JSONField(default=list)
    href = models.CharField(max_length=300, blank=True, default="")
    # What is out of the ordinary: such a line is never signed together with others.
    flags = ArrayField(models.CharField(max_length=160), default=list)
    # User names of those whose own access it is.
    barred = ArrayField(models.CharField(max_length=150), default=list)
    # What stood on the screen: signing names it.
    digest = models.CharField(max_length=80)
    verdict = models.CharField(max_length=20, blank=True, default="", choices=Verdict.choices())
    said = models.TextField(blank=True, default="")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    # Who has to take away what the signer could not, why it was not done, and since when it is.
    follow_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="follow_ups"
    )
    trouble = models.TextField(blank=True, default="")
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "line"
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["round", "state"],
                name="line_revoke_asked",
                condition=models.Q(state="revoke_asked"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="line_position_once"),
            models.CheckConstraint(
                name="line_state_is_known", condition=models.Q(state__in=LineState.values())
            ),
            models.CheckConstraint(
                name="line_signed_by_somebody",
                condition=models.Q(
                    state="open", verdict="", signed_by__isnull=True, signed_at__isnull=True
                )
                | ~models.Q(state="open")
                & ~models.Q(verdict="")
                & models.Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="line_says_why",
                condition=models.Q(verdict="")
                | models.Q(verdict__in=sorted(NEEDS_NO_WORDS))
                | ~models.Q(said=""),
            ),
            models.CheckConstraint(
                name="line_revoked_once_it_is_gone",
                condition=~models.Q(state="signed", verdict="revoke")
                | models.Q(gone_at__isnull=False),
            ),
            models.CheckConstraint(
                name="line_revoke_asked_is_a_revoke",
                condition=~models.Q(state="revoke_asked") | models.Q(verdict="revoke"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_is_signed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="signed"),
            ),
            pgtrigger.Trigger(
                name="content_is_frozen",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__digest__df=pgtrigger.F("new__digest"))
                | pgtrigger.Q(old__facts__df=pgtrigger.F("new__facts"))
                | pgtrigger.Q(old__title__df=pgtrigger.F("new__title"))
                | pgtrigger.Q(old__words__df=pgtrigger.F("new__words")),
                func="RAISE EXCEPTION 'A line stays as it was when the round opened';",
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]
