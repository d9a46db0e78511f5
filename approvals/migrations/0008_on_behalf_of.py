import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0007_outcomes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="on_behalf_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="on_behalf_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                models.F("revision"),
                django.db.models.functions.comparison.Coalesce("on_behalf_of", "person"),
                name="decision_one_vote_per_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("on_behalf_of__isnull", True), ("on_behalf_until__isnull", True)),
                    models.Q(("on_behalf_of__isnull", False), ("on_behalf_until__isnull", False)),
                    _connector="OR",
                ),
                name="decision_on_behalf_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_behalf_of", models.F("person")), _negated=True),
                name="decision_on_behalf_of_somebody_else",
            ),
        ),
    ]
