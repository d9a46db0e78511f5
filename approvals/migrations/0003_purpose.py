import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_inbox_by_workflow_and_decided_by_ending")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="purpose",
            field=models.CharField(
                choices=[("change", "change"), ("rollback", "rollback")],
                default="change",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="reverted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reverted",
                to="approvals.proposal",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("run", ""), _negated=True),
                fields=["run", "id"],
                name="proposal_by_run",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(purpose__in=["change", "rollback"]),
                name="proposal_purpose_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(purpose="change") | models.Q(agent=None),
                name="proposal_rollback_is_asked_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(state="reverted", reverted_by__isnull=False)
                | (~models.Q(state="reverted") & models.Q(reverted_by__isnull=True)),
                name="proposal_reverted_iff_by_a_rollback",
            ),
        ),
    ]
