import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import orchestrator.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("approvals", "0004_bulk_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rollback",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=orchestrator.kernel.ids.new_rollback_id,
                        editable=False,
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposal", "proposal"),
                            ("commit", "commit"),
                            ("run", "run"),
                            ("agent", "agent"),
                            ("workflow", "workflow"),
                            ("version", "version"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", models.CharField(max_length=200)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("reason", models.TextField()),
                ("requested_by_label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("token", models.CharField(max_length=64)),
                ("commits", models.PositiveIntegerField()),
                ("records", models.PositiveIntegerField()),
                ("fields", models.PositiveIntegerField()),
                ("kept", models.PositiveIntegerField()),
                ("remarks", models.JSONField(default=dict)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rollbacks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rollback_part",
                        to="approvals.proposal",
                    ),
                ),
                (
                    "rollback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="rollbacks.rollback",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddIndex(
            model_name="rollback",
            index=models.Index(fields=["-created_at"], name="rollback_by_time"),
        ),
        migrations.AddConstraint(
            model_name="rollback",
            constraint=models.UniqueConstraint(
                fields=("requested_by", "token"), name="rollback_asked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["proposal", "commit", "run", "agent", "workflow", "version"])
                ),
                name="rollback_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollback",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="rollback_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.UniqueConstraint(
                fields=("rollback", "number"), name="part_number_once"
            ),
        ),
    ]
