"""How long people had a change before them when they approved it."""

import pgtrigger
from django.conf import settings
from django.db import models

from approvals.models.bulk_decisions import BulkDecision
from approvals.models.reviews import Decision


class Pace(models.Model):
    """
    How quickly one approval followed upon the page: kept where the time is known, never changed.

    It decides nothing. An approval without one came by a way that does not say when it was shown.
    """

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, primary_key=True, related_name="pace"
    )
    # Copied from the decision and its proposal, so that a figure reads one index.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # The bulk decision that it was part of: its times are then that share of the whole's.
    bulk = models.ForeignKey(BulkDecision, on_delete=models.PROTECT, null=True, related_name="+")
    took = models.DurationField()
    # Less than this and nobody can have skimmed it; reading it all takes about so long.
    least = models.DurationField()
    takes = models.DurationField()
    too_fast = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pace_too_fast_iff_less_than_least",
                condition=models.Q(too_fast=True, took__lt=models.F("least"))
                | models.Q(too_fast=False, took__gte=models.F("least")),
            )
        ]
        indexes = [
            models.Index(fields=["person", "at"], name="pace_by_person"),
            models.Index(fields=["workflow", "at"], name="pace_by_workflow"),
            models.Index(
                fields=["at"], name="pace_too_fast_by_time", condition=models.Q(too_fast=True)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
