import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commits", "0002_records_and_orphans"),
        ("approvals", "0003_purpose"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("done", "done"),
                            ("dropped", "dropped"),
                        ],
                        default="proposed",
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("share", models.PositiveSmallIntegerField(default=0)),
                ("kept", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "commit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="commits.commit",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="approvals.proposal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=~models.Q(state="dropped"),
                        fields=("commit", "share"),
                        name="reversal_once_per_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["proposed", "done", "dropped"]),
                        name="reversal_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="proposed", closed_at__isnull=True)
                        | (~models.Q(state="proposed") & models.Q(closed_at__isnull=False)),
                        name="reversal_closed_at_iff_closed",
                    ),
                ],
            },
        ),
    ]
