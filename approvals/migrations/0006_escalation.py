import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0005_sla"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="plan",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="review",
            name="widened_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="widened_reviews",
                to="people.role",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "open"), ("widened_to__isnull", False)),
                fields=["widened_to", "due_at", "id"],
                name="review_widened",
            ),
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=60)),
                ("do", models.CharField(max_length=20)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "done"),
                            ("nobody", "nobody"),
                            ("collapsed", "collapsed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("words", models.TextField()),
                ("reached", models.JSONField(default=list)),
                ("drill", models.CharField(blank=True, default="", max_length=60)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="approvals.proposal",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="approvals.review",
                    ),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                fields=("review", "step", "drill"), name="escalation_step_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["done", "nobody", "collapsed"])),
                name="escalation_outcome_is_known",
            ),
        ),
    ]
