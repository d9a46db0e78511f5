"""Pages: calling people about one matter, one after another, until somebody answers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.kernel.ids import new_page_id
from orchestrator.kernel.states import Stateful
from orchestrator.paging.states import (
    LIVE_TURNS,
    OPEN_PAGES,
    PAGE_MOVES,
    TURN_MOVES,
    PageState,
    TurnState,
)


class PageCall(Stateful):
    """One matter for which people are called, at most one open for a subject."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = PAGE_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_page_id, editable=False)
    state = models.CharField(
        max_length=20, editable=False, choices=PageState.choices(), default=PageState.CALLED
    )
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=300)
    # May hold words of an agent.
    title = models.CharField(max_length=300)
    # Our own page about the matter.
    path = models.CharField(max_length=1000)
    workflow = models.CharField(max_length=80, blank=True, default="")
    until = models.DateTimeField(null=True)
    # User names of those who may not act on the matter, and so are never called.
    barred = ArrayField(models.CharField(max_length=150), default=list)
    role = models.ForeignKey("people.Role", on_delete=models.PROTECT, related_name="pages")
    why = models.TextField()
    opened_at = models.DateTimeField()
    # A round ends when nobody is left; in the next everybody is called again.
    round = models.PositiveSmallIntegerField(default=1)
    # When it was last taken by somebody: what is open and has none was never answered.
    acknowledged_at = models.DateTimeField(null=True)
    # Set while everybody was called in vain.
    exhausted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # How it ended.
    words = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = "page"
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                name="page_state_is_known", condition=Q(state__in=PageState.values())
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(state__in=sorted(OPEN_PAGES)),
                name="page_one_open_per_subject",
            ),
            models.CheckConstraint(
                name="page_closed_when_resolved",
                condition=Q(state="resolved", closed_at__isnull=False)
                | (~Q(state="resolved") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="page_acknowledged_has_its_time",
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="page_exhausted_has_its_time",
                condition=~Q(state="exhausted") | Q(exhausted_at__isnull=False),
            ),
            models.CheckConstraint(name="page_says_why", condition=~Q(why="")),
        ]
        indexes = [
            models.Index(fields=["-opened_at"], name="page_by_time"),
            models.Index(
                fields=["exhausted_at"],
                name="page_exhausted",
                condition=Q(exhausted_at__isnull=False, closed_at__isnull=True),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Say whether the matter still waits for somebody."""
        return self.state in OPEN_PAGES


class PageStep(models.Model):
    """One reason to call somebody, at most once for a subject: nobody is called twice for it."""

    page = models.ForeignKey(PageCall, on_delete=models.PROTECT, related_name="steps")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=300)
    step = models.CharField(max_length=200)
    why = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "step"], name="page_step_once"
            ),
        ]


class PageTurn(Stateful):
    """One person called about one matter, and what came of it."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = TURN_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=TurnState.choices(), default=TurnState.CALLING
    )
    page = models.ForeignKey(PageCall, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="page_turns"
    )
    why = models.TextField()
    called_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Who handed it to this person, where somebody did.
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "turn"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="turn_state_is_known", condition=Q(state__in=TurnState.values())
            ),
            models.UniqueConstraint(fields=["page", "number"], name="turn_number_once"),
            models.UniqueConstraint(
                fields=["page"], condition=Q(state="calling"), name="turn_one_calling"
            ),
            models.UniqueConstraint(
                fields=["page"], condition=Q(state="acknowledged"), name="turn_one_acknowledged"
            ),
            models.CheckConstraint(
                name="turn_ended_unless_live",
                condition=Q(state__in=sorted(LIVE_TURNS), ended_at__isnull=True)
                | (~Q(state__in=sorted(LIVE_TURNS)) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="turn_acknowledged_has_its_time",
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"], name="turn_live", condition=Q(state__in=sorted(LIVE_TURNS))
            ),
            models.Index(fields=["person", "-called_at"], name="turn_by_person"),
        ]
