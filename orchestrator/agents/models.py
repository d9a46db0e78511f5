"""Agents, the keys they sign their calls with, and what each of them may propose."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestrator.agents.states import AGENT_MOVES, AgentState
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.ids import new_agent_id
from orchestrator.kernel.states import Stateful


class Agent(Stateful):
    """A registered software identity in one environment, with a person who answers for it."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = AGENT_MOVES

    id = models.CharField(primary_key=True, max_length=40, default=new_agent_id, editable=False)
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    environment = models.CharField(max_length=10)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="agents"
    )
    capabilities = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    state = models.CharField(max_length=20, editable=False, default=AgentState.DRAFT)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "environment"], name="agent_slug_once_per_environment"
            ),
            models.CheckConstraint(
                name="agent_state_is_known", condition=models.Q(state__in=AgentState.values())
            ),
        ]

    @property
    def actor(self) -> Actor:
        """Return this agent as the ledger names agents."""
        return Actor(kind=ActorKind.AGENT, id=self.id, label=self.title)


class Key(models.Model):
    """One credential of an agent: only its hash is kept."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="key_expires_after_it_begins",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]


class Grant(models.Model):
    """What an agent may propose in one workflow: object, fields, operations, records, time."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="grants")
    workflow = models.ForeignKey(
        "workflows.Workflow", on_delete=models.PROTECT, related_name="grants"
    )
    object_name = models.CharField(max_length=80)
    fields = ArrayField(models.CharField(max_length=80))
    operations = ArrayField(models.CharField(max_length=10))
    # A CEL condition over `record`; empty means every record of the object.
    record_filter = models.TextField(blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=150)
    reason = models.TextField()

    class Meta:
        ordering = ["workflow", "object_name", "starts_at"]
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="grant_names_operations",
                condition=models.Q(operations__contained_by=["update", "create", "delete"])
                & models.Q(operations__len__gt=0),
            ),
        ]
        indexes = [models.Index(fields=["agent", "workflow"], name="grant_by_agent")]
