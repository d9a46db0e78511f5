import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("calendars", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="roles",
                to="calendars.calendar",
            ),
        ),
    ]
