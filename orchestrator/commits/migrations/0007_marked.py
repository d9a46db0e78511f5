from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commits", "0006_halt_every_agent")]

    operations = [
        migrations.AddField(
            model_name="commit",
            name="marked",
            field=models.BooleanField(default=False),
        ),
    ]
