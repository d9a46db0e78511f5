import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commits", "0004_dead_letters"), ("orgs", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Gate",
            fields=[
                (
                    "org",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="gate",
                        serialize=False,
                        to="orgs.org",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("closed", "closed"),
                            ("open", "open"),
                            ("half_open", "half open"),
                        ],
                        default="closed",
                        editable=False,
                        max_length=20,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sign_in", "sign in"),
                            ("faults", "faults"),
                            ("budget", "budget"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                ("paused_at", models.DateTimeField(null=True)),
                ("probe_at", models.DateTimeField(null=True)),
                ("probe_claim", models.CharField(blank=True, default="", max_length=40)),
                ("faults", models.PositiveSmallIntegerField(default=0)),
                ("openings", models.PositiveSmallIntegerField(default=0)),
                ("pace", models.PositiveSmallIntegerField(default=25)),
                ("ceiling", models.PositiveSmallIntegerField(null=True)),
                ("ceiling_until", models.DateTimeField(null=True)),
                ("used", models.PositiveIntegerField(null=True)),
                ("allowed", models.PositiveIntegerField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state__in=["closed", "open", "half_open"]),
                        name="gate_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(cause="", paused_at=None, probe_at=None, state="closed")
                        | (
                            models.Q(("state", "closed"), _negated=True)
                            & models.Q(("cause", ""), _negated=True)
                            & models.Q(paused_at__isnull=False, probe_at__isnull=False)
                        ),
                        name="gate_paused_has_a_cause_and_a_probe",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(state="half_open")
                            & models.Q(("probe_claim", ""), _negated=True)
                        )
                        | models.Q(
                            models.Q(("state", "half_open"), _negated=True)
                            & models.Q(probe_claim="")
                        ),
                        name="gate_half_open_has_one_prober",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(pace__gte=1, pace__lte=25), name="gate_pace_fits_a_call"
                    ),
                ],
            },
        ),
    ]
