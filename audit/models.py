"""The ledger's one table: only this package imports it, only `audit.ledger` writes it."""

import pgtrigger
from django.db import models

from audit.lanes import Lane

# A superuser can drop a trigger; the sealed tree over the entries is what proves history then.
REFUSE = """
IF TG_OP = 'TRUNCATE' AND current_setting('countersign.allow_truncate', true) = 'on' THEN
    RETURN NULL;
END IF;
RAISE EXCEPTION 'The ledger is append-only: % is refused', TG_OP
    USING ERRCODE = 'insufficient_privilege';
"""


class Entry(models.Model):
    """One thing that happened: who, what, to which record, why."""

    at = models.DateTimeField()
    lane = models.CharField(max_length=10, choices=[(lane.value, lane.value) for lane in Lane])
    event = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=150)
    actor_label = models.CharField(max_length=200)
    # What it happened to, as text: an entry outlives every row it speaks of.
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=150)
    proposal_id = models.CharField(max_length=40, blank=True, default="")
    workflow = models.CharField(max_length=80, blank=True, default="")
    agent = models.CharField(max_length=80, blank=True, default="")
    object_name = models.CharField(max_length=80, blank=True, default="")
    record_id = models.CharField(max_length=80, blank=True, default="")
    detail = models.JSONField()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(
                fields=["proposal_id", "id"],
                name="entry_by_proposal",
                condition=~models.Q(proposal_id=""),
            ),
            models.Index(
                fields=["object_name", "record_id", "id"],
                name="entry_by_record",
                condition=~models.Q(record_id=""),
            ),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entry_by_subject"),
            models.Index(fields=["actor_id", "id"], name="entry_by_actor"),
            models.Index(fields=["lane", "event", "id"], name="entry_by_event"),
        ]
        constraints = [
            models.CheckConstraint(
                name="entry_lane_is_known",
                condition=models.Q(lane__in=[lane.value for lane in Lane]),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="refuse_change",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=REFUSE,
            ),
            pgtrigger.Trigger(
                name="refuse_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func=REFUSE,
            ),
        ]
