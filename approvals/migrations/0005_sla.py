from django.db import migrations, models

# Who waited for an answer keeps the time they had; who never opened was never due.
BACKFILL = """
UPDATE approvals_proposal SET answer_by = deadline_at,
  decide_left = greatest(deadline_at - now(), interval '0')
WHERE state = 'revision_requested';
UPDATE approvals_review SET due_at = NULL WHERE opened_at IS NULL;
UPDATE approvals_review SET breached_at = due_at WHERE closed_at >= due_at;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_bulk_decisions")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="timeout_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="answer_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="decide_left",
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="breached_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="remaining",
            field=models.DurationField(null=True),
        ),
        migrations.AlterField(
            model_name="review",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=~models.Q(state="revision_requested")
                | models.Q(answer_by__isnull=False, decide_left__isnull=False),
                name="proposal_paused_with_its_clocks",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(opened_at__isnull=True, due_at__isnull=True)
                | models.Q(opened_at__isnull=False, due_at__isnull=False),
                name="review_due_once_opened",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=~models.Q(state="open") | models.Q(opened_at__isnull=False),
                name="review_open_is_opened",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(breached_at__isnull=True)
                & (models.Q(state="open") | models.Q(closed_at__gte=models.F("due_at"))),
                fields=["due_at"],
                name="review_to_find_overdue",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(closed_at__isnull=False, due_at__isnull=False),
                fields=["workflow", "closed_at"],
                name="review_by_closing",
            ),
        ),
    ]
