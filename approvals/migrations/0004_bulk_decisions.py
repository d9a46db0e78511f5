import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import approvals.states
import orchestrator.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_purpose"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkDecision",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=orchestrator.kernel.ids.new_bulk_decision_id,
                        editable=False,
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("finished", "finished"),
                            ("stopped", "stopped"),
                        ],
                        default=approvals.states.BulkState["RUNNING"],
                        editable=False,
                        max_length=20,
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
                ("reason_code", models.CharField(blank=True, default="", max_length=60)),
                ("text", models.TextField(blank=True, default="")),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                ("origin", models.CharField(blank=True, default="", max_length=200)),
                ("key", models.CharField(max_length=80)),
                ("total", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_decisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkItem",
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
                            ("waiting", "waiting"),
                            ("decided", "decided"),
                            ("refused", "refused"),
                        ],
                        default=approvals.states.BulkItemState["WAITING"],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                ("code", models.CharField(blank=True, default="", max_length=60)),
                ("detail", models.TextField(blank=True, default="")),
                (
                    "bulk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="approvals.bulkdecision",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddIndex(
            model_name="bulkdecision",
            index=models.Index(
                condition=models.Q(("state", "running")),
                fields=["created_at"],
                name="bulk_decision_running",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkdecision",
            index=models.Index(fields=["person", "-created_at"], name="bulk_decision_by_person"),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.UniqueConstraint(
                fields=("person", "key"), name="bulk_decision_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state", "running")),
                    models.Q(
                        models.Q(("state", "running"), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="bulk_decision_finished_at_iff_finished",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("vote__in", ["approve", "deny"])),
                name="bulk_decision_says_yes_or_no",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("vote", "approve"), models.Q(("text", ""), _negated=True), _connector="OR"
                ),
                name="bulk_decision_no_without_words",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkitem",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["bulk", "position"],
                name="bulk_item_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.UniqueConstraint(
                fields=("bulk", "proposal"), name="bulk_item_proposal_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.UniqueConstraint(
                fields=("bulk", "position"), name="bulk_item_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True), ("decided_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="bulk_item_decided_at_iff_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("code", ""), _negated=True),
                    _connector="OR",
                ),
                name="bulk_item_refused_says_why",
            ),
        ),
    ]
