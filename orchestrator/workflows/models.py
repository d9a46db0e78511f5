"""Workflows and their immutable versions."""

import pgtrigger
from django.conf import settings
from django.db import models

from orchestrator.workflows.modes import Mode


class Workflow(models.Model):
    """A named process with one responsible person and a mode."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="workflows")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="workflows"
    )
    mode = models.CharField(max_length=10, choices=Mode.choices(), default=Mode.OBSERVE)
    current_version = models.ForeignKey(
        "WorkflowVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title"]
        permissions = [
            ("decide_workflow", "May decide on proposals of this workflow"),
            ("administer_workflow", "May change this workflow's mode and versions"),
            ("view_personal_workflow", "May see this workflow's personal fields"),
            ("view_sensitive_workflow", "May see this workflow's sensitive fields"),
        ]
        constraints = [
            models.CheckConstraint(
                name="workflow_mode_is_known", condition=models.Q(mode__in=Mode.values())
            ),
        ]


class WorkflowVersion(models.Model):
    """One immutable definition of a workflow."""

    workflow = models.ForeignKey(Workflow, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    source = models.TextField()
    digest = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["workflow", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
