"""Endpoints of agents, what is sent to them, every try, and the trouble their owners hear of."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestrator.agents.models import Agent
from orchestrator.kernel.ids import new_id
from orchestrator.kernel.states import Stateful
from orchestrator.orgs.encryption import EncryptedTextField
from orchestrator.webhooks.states import (
    DELIVERY_MOVES,
    ENDPOINT_MOVES,
    DeliveryState,
    EndpointState,
    Trouble,
)

LONGEST_ADDRESS = 1000


def new_endpoint_id() -> str:
    """Return a new endpoint id."""
    return new_id("whe")


def new_message_id() -> str:
    """Return a new message id: what an endpoint tells repeats by."""
    return new_id("msg")


class Endpoint(Stateful):
    """One address of an agent that is told what became of its proposals."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = ENDPOINT_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_endpoint_id, editable=False)
    state = models.CharField(
        max_length=20,
        editable=False,
        choices=EndpointState.choices(),
        default=EndpointState.ACTIVE,
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="endpoints")
    label = models.CharField(max_length=80)
    url = models.CharField(max_length=LONGEST_ADDRESS)
    secret = EncryptedTextField()
    # The secret before: it signs beside the new one until then, so that nothing is refused.
    old_secret = EncryptedTextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)
    # Which events it is told of; empty means every one, also those that come later.
    events = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    # Since when no message has come through; empty while the last one did.
    failing_since = models.DateTimeField(null=True)
    # How often in a row it could not be reached or was too busy, and until when it is left alone.
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    state_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "url"],
                condition=~models.Q(state="removed"),
                name="webhook_endpoint_address_once",
            ),
            models.CheckConstraint(
                name="webhook_endpoint_removed_has_no_secret",
                condition=~models.Q(state="removed") | models.Q(secret="", old_secret=""),
            ),
            models.CheckConstraint(
                name="webhook_endpoint_state_is_known",
                condition=models.Q(state__in=EndpointState.values()),
            ),
            models.CheckConstraint(
                name="webhook_endpoint_old_secret_ends",
                condition=models.Q(old_secret="", old_secret_until__isnull=True)
                | (~models.Q(old_secret="") & models.Q(old_secret_until__isnull=False)),
            ),
        ]


class Delivery(Stateful):
    """One message to one endpoint: the same id and the same bytes, however often it is tried."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = DELIVERY_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_message_id, editable=False)
    state = models.CharField(
        max_length=20,
        editable=False,
        choices=DeliveryState.choices(),
        default=DeliveryState.PENDING,
    )
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=80, blank=True, default="")
    # Exactly what is signed and sent.
    body = models.TextField()
    created_at = models.DateTimeField()
    # When the next try is due; empty once it has come through or was given up.
    next_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    # Tries since it was last asked for: a replay begins a new row of them.
    tries = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_words = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="webhook_delivery_state_is_known",
                condition=models.Q(state__in=DeliveryState.values()),
            ),
            models.CheckConstraint(
                name="webhook_delivery_next_at_iff_pending",
                condition=models.Q(state="pending", next_at__isnull=False)
                | (~models.Q(state="pending") & models.Q(next_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="webhook_delivery_finished_at_iff_finished",
                condition=models.Q(state__in=["delivered", "dead"], finished_at__isnull=False)
                | (~models.Q(state__in=["delivered", "dead"]) & models.Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="webhook_delivery_claimed_at_iff_delivering",
                condition=models.Q(state="delivering", claimed_at__isnull=False)
                | (~models.Q(state="delivering") & models.Q(claimed_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at", "id"],
                name="webhook_delivery_due",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                fields=["claimed_at"],
                name="webhook_delivery_on_its_way",
                condition=models.Q(state="delivering"),
            ),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_delivery_log"),
            models.Index(
                fields=["endpoint", "created_at"],
                name="webhook_delivery_dead",
                condition=models.Q(state="dead"),
            ),
            models.Index(fields=["subject_id"], name="webhook_delivery_by_subject"),
            models.Index(
                fields=["finished_at"],
                name="webhook_delivery_finished",
                condition=models.Q(finished_at__isnull=False),
            ),
        ]


class Attempt(models.Model):
    """One try of one delivery, and what the endpoint made of it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    # Empty if no answer came.
    status = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=300, blank=True, default="")
    # The beginning of what it answered: foreign text.
    answer = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]


class Notice(models.Model):
    """Trouble with an endpoint, until the owner of its agent was told."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="notices")
    trouble = models.CharField(max_length=20, choices=Trouble.choices())
    # How many messages it is about.
    messages = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"],
                name="webhook_notice_to_tell",
                condition=models.Q(told_at__isnull=True),
            ),
        ]
