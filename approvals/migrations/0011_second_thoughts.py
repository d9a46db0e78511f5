import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0010_editing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="undo_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("undo_until__isnull", True))
                | models.Q(
                    ("approved_at__isnull", False), ("undo_until__gt", models.F("approved_at"))
                ),
                name="proposal_undone_only_if_approved",
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="cause",
            field=models.CharField(
                choices=[
                    ("submitted", "submitted"),
                    ("answered", "answered"),
                    ("corrected", "corrected"),
                    ("record_moved", "record moved"),
                    ("undone", "undone"),
                    ("edited", "edited"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snoozes",
                        to="approvals.review",
                    ),
                ),
            ],
            options={
                "ordering": ["until"],
                "indexes": [models.Index(fields=["person", "until"], name="snooze_by_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "person"), name="snooze_once"),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("at"))), name="snooze_ends_later"
                    ),
                ],
            },
        ),
    ]
