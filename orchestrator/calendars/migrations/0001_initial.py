import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("zone", models.CharField(max_length=60)),
                ("week", models.JSONField()),
                ("region", models.CharField(blank=True, default="", max_length=20)),
                ("digest", models.CharField(max_length=80)),
            ],
            options={"ordering": ["title"]},
        ),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("spans", models.JSONField(default=list)),
                ("note", models.CharField(max_length=120)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="special_days",
                        to="calendars.calendar",
                    ),
                ),
            ],
            options={"ordering": ["day"]},
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.CheckConstraint(
                condition=~models.Q(zone="") & ~models.Q(digest=""),
                name="calendar_has_a_zone_and_a_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="specialday",
            constraint=models.UniqueConstraint(fields=("calendar", "day"), name="special_day_once"),
        ),
        migrations.AddConstraint(
            model_name="specialday",
            constraint=models.CheckConstraint(
                condition=~models.Q(note=""), name="special_day_says_why"
            ),
        ),
    ]
