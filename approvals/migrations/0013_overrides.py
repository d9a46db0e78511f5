import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0012_attention"),
        ("workflows", "0002_sight"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="overrides",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "vote",
                    models.CharField(
                        choices=[
                            ("approve", "approve"),
                            ("deny", "deny"),
                            ("send_back", "send back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(max_length=80)),
                ("reason", models.TextField()),
                ("because", models.CharField(max_length=20)),
                ("missing", models.PositiveSmallIntegerField()),
                ("settles", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="approvals.proposal",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="approvals.review",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="approvals.revision",
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
                "ordering": ["at", "pk"],
                "indexes": [models.Index(fields=["workflow", "-at"], name="override_by_workflow")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("revision", "person"), name="override_once_per_person_and_revision"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("settles", True)),
                        fields=("review",),
                        name="override_settles_a_review_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("vote__in", ["approve", "deny"])),
                        name="override_says_yes_or_no",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="override_says_why"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="override",
            trigger=pgtrigger.compiler.Trigger(
                name="immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="507245a36acb21c0fc8dbed6e6a342b36bebb96d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_immutable_5dbca",
                    table="approvals_override",
                    when="BEFORE",
                ),
            ),
        ),
    ]
