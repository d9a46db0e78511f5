import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0011_second_thoughts"),
        ("workflows", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkdecision", name="took", field=models.DurationField(null=True)
        ),
        migrations.AddField(
            model_name="bulkdecision", name="least", field=models.DurationField(null=True)
        ),
        migrations.AddField(
            model_name="bulkdecision", name="takes", field=models.DurationField(null=True)
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(took__isnull=True, least__isnull=True, takes__isnull=True)
                | models.Q(took__isnull=False, least__isnull=False, takes__isnull=False),
                name="bulk_decision_took_with_what_it_needs",
            ),
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pace",
                        serialize=False,
                        to="approvals.decision",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("took", models.DurationField()),
                ("least", models.DurationField()),
                ("takes", models.DurationField()),
                ("too_fast", models.BooleanField()),
                (
                    "bulk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.bulkdecision",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workflow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflows.workflow",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "at"], name="pace_by_person"),
                    models.Index(fields=["workflow", "at"], name="pace_by_workflow"),
                    models.Index(
                        condition=models.Q(too_fast=True),
                        fields=["at"],
                        name="pace_too_fast_by_time",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(too_fast=True, took__lt=models.F("least"))
                        | models.Q(too_fast=False, took__gte=models.F("least")),
                        name="pace_too_fast_iff_less_than_least",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pace",
            trigger=pgtrigger.compiler.Trigger(
                name="immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="94aa5fe5a425328c849b53d1a1e8d5336502012e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_immutable_b0300",
                    table="approvals_pace",
                    when="BEFORE",
                ),
            ),
        ),
    ]
