from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commits", "0005_gates")]

    operations = [
        migrations.RemoveConstraint(model_name="halt", name="halt_all_has_no_value"),
        migrations.AlterField(
            model_name="halt",
            name="scope",
            field=models.CharField(
                choices=[
                    ("all", "all"),
                    ("org", "org"),
                    ("workflow", "workflow"),
                    ("agents", "agents"),
                    ("agent", "agent"),
                    ("object", "object"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="halt",
            constraint=models.CheckConstraint(
                condition=models.Q(scope__in=["agents", "all"], value="")
                | (~models.Q(scope__in=["agents", "all"]) & ~models.Q(value="")),
                name="halt_of_the_whole_has_no_value",
            ),
        ),
    ]
