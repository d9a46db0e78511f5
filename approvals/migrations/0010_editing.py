from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_inbox")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="alteration",
            field=models.JSONField(null=True),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause", "edited"), _negated=True)
                | models.Q(("alteration__isnull", False)),
                name="revision_edited_says_what",
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
                    ("edited", "edited"),
                ],
                max_length=20,
            ),
        ),
    ]
