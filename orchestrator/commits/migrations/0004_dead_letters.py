import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [
    "queued", "claimed", "written", "done", "conflict", "failed", "unknown", "cancelled",
    "discarded", "replaced",
]  # fmt: skip
# What waited for a person before dead letters had rows of their own: overdue eight hours later.
WAITING = """
INSERT INTO commits_deadletter
  (commit_id, workflow_id, kind, cause, opened_at, due_at, owner_id, verdict)
SELECT c.id, w.id, c.state,
  left(replace(c.error_class, ':', '_') || ':' || replace(c.error_code, ':', '_') || ':', 200),
  COALESCE(c.finished_at, c.created_at),
  COALESCE(c.finished_at, c.created_at) + interval '8 hours',
  w.owner_id, ''
FROM commits_commit c
JOIN approvals_proposal p ON p.id = c.proposal_id
JOIN workflows_workflow w ON w.id = p.workflow_id
WHERE c.state = 'failed' OR (c.state = 'unknown' AND c.finished_at IS NOT NULL)
ORDER BY c.finished_at
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commits", "0003_reversals"),
        ("approvals", "0001_initial"),
        ("workflows", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="commit", name="commit_state_is_known"),
        migrations.AlterField(
            model_name="commit",
            name="state",
            field=models.CharField(
                choices=[(state, state) for state in STATES],
                default="queued",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="commit",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="commit_state_is_known"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="error_class",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("failed", "failed"),
                            ("unknown", "unknown"),
                            ("unread", "unread"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cause", models.CharField(max_length=200)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("escalated_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("requeued", "requeued"),
                            ("discarded", "discarded"),
                            ("replaced", "replaced"),
                            ("written", "written"),
                            ("read_back", "read back"),
                            ("closed_unread", "closed unread"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "commit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="commits.commit",
                    ),
                ),
                (
                    "owner",
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
                    models.Index(
                        condition=models.Q(closed_at__isnull=True),
                        fields=["cause", "-id"],
                        name="letter_open_by_cause",
                    ),
                    models.Index(
                        condition=models.Q(closed_at__isnull=True),
                        fields=["due_at"],
                        name="letter_open_by_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(closed_at__isnull=True),
                        fields=("commit",),
                        name="letter_one_open_per_commit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(closed_at__isnull=True, verdict="")
                        | (models.Q(closed_at__isnull=False) & ~models.Q(verdict="")),
                        name="letter_closed_with_a_verdict",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
