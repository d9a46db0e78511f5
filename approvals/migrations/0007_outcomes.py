import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0006_escalation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("state", models.CharField(max_length=20)),
                ("revision", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=80)),
                ("outcome_code", models.CharField(blank=True, default="", max_length=60)),
                ("at", models.DateTimeField()),
                ("announced_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="proposal",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="outcome_of_a_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (NEW.state IN ('revision_requested', 'failed', 'outcome_unknown', 'observed', 'refused', 'denied', 'expired', 'withdrawn', 'committed', 'discarded', 'reverted') OR (NEW.state = 'approved' AND OLD.state = 'in_review') OR (NEW.state = 'in_review' AND OLD.state IN ('approved', 'committing', 'failed'))))",
                    func="\nINSERT INTO approvals_outcome\n    (proposal_id, sequence, state, revision, digest, outcome_code, at, tries)\nVALUES (\n    NEW.id,\n    (SELECT coalesce(max(sequence), 0) + 1 FROM approvals_outcome WHERE proposal_id = NEW.id),\n    NEW.state, NEW.revision_number, NEW.digest, NEW.outcome_code,\n    coalesce(\n        NEW.closed_at,\n        CASE WHEN NEW.state = 'approved' THEN NEW.approved_at ELSE NEW.moved_at END,\n        clock_timestamp()\n    ),\n    0\n);\nRETURN NULL;\n",
                    hash="e5ec2a05c0562bdb24ea25969a229c57e2388ddb",
                    operation="UPDATE",
                    pgid="pgtrigger_outcome_of_a_move_11b36",
                    table="approvals_proposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="outcome_of_a_new_row",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.state IN ('revision_requested', 'failed', 'outcome_unknown', 'observed', 'refused', 'denied', 'expired', 'withdrawn', 'committed', 'discarded', 'reverted'))",
                    func="\nINSERT INTO approvals_outcome\n    (proposal_id, sequence, state, revision, digest, outcome_code, at, tries)\nVALUES (\n    NEW.id,\n    (SELECT coalesce(max(sequence), 0) + 1 FROM approvals_outcome WHERE proposal_id = NEW.id),\n    NEW.state, NEW.revision_number, NEW.digest, NEW.outcome_code,\n    coalesce(\n        NEW.closed_at,\n        CASE WHEN NEW.state = 'approved' THEN NEW.approved_at ELSE NEW.moved_at END,\n        clock_timestamp()\n    ),\n    0\n);\nRETURN NULL;\n",
                    hash="aeaf597a0b5de739d87f978abf21c89b144923ed",
                    operation="INSERT",
                    pgid="pgtrigger_outcome_of_a_new_row_3e10c",
                    table="approvals_proposal",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="outcome",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="outcomes",
                to="approvals.proposal",
            ),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(
                condition=models.Q(("announced_at__isnull", True)),
                fields=["id"],
                name="outcome_to_announce",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(
                fields=("proposal", "sequence"), name="outcome_sequence_once_per_proposal"
            ),
        ),
    ]
