"""Who is who in Slack, and what was shown to whom."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from orchestrator.chat.states import CARD_MOVES, CardState
from orchestrator.kernel.states import Stateful


class SlackAccount(models.Model):
    """The one account in Slack that a person proved to be theirs."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="slack_account"
    )
    team_id = models.CharField(max_length=40)
    user_id = models.CharField(max_length=40)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team_id", "user_id"], name="slack_account_once"),
        ]


class LinkCode(models.Model):
    """A code that a person takes from our page to Slack: single use, minutes long, kept hashed."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()


class Card(Stateful):
    """One open review shown to one person in Slack, bound to the digest that it shows."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = CARD_MOVES

    state = models.CharField(
        max_length=20, editable=False, choices=CardState.choices(), default=CardState.QUEUED
    )
    review = models.ForeignKey("approvals.Review", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(SlackAccount, on_delete=models.CASCADE, related_name="cards")
    digest = models.CharField(max_length=80)
    # Where Slack put it.
    channel = models.CharField(max_length=40, blank=True, default="")
    message = models.CharField(max_length=40, blank=True, default="")
    # What the person who pressed is told, and nobody else.
    answer = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "account"], name="card_once_per_review"),
            models.CheckConstraint(
                name="card_state_is_known", condition=models.Q(state__in=CardState.values())
            ),
            models.CheckConstraint(
                name="card_offered_is_somewhere",
                condition=~models.Q(state__in=["offered", "ended"]) | ~models.Q(message=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="card_to_send",
                condition=models.Q(state__in=["queued", "ended"]) | ~models.Q(answer=""),
            ),
            models.Index(
                fields=["review"], name="card_offered", condition=models.Q(state="offered")
            ),
        ]
