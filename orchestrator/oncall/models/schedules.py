"""A role's schedule, its layers, and whose turn comes after whose."""

from django.db import models

from orchestrator.oncall.states import LayerKind, Unit


class Schedule(models.Model):
    """Who answers for a role, around the clock; a role has one at most."""

    role = models.OneToOneField(
        "people.Role", on_delete=models.PROTECT, related_name="on_call_schedule"
    )
    title = models.CharField(max_length=120)
    # Hand-offs happen at a time on the wall clock of this zone.
    time_zone = models.CharField(max_length=60, default="UTC")

    class Meta:
        ordering = ["title", "pk"]


class Layer(models.Model):
    """
    One rotation of a schedule, as it was in force for a time.

    Layer 1 is asked first; where it has nobody, the next one answers. An edit ends a layer and
    puts another in its place, so that who was on call last month stays as it was.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="layers")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    # The schedule's zone when the layer was set: another zone makes other layers.
    time_zone = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=LayerKind.choices())
    every = models.PositiveSmallIntegerField(default=1)
    unit = models.CharField(max_length=5, choices=Unit.choices(), default=Unit.DAYS)
    # The first turn begins on this day at this time of the schedule's wall clock.
    starts_on = models.DateField()
    hand_off_at = models.TimeField()
    # Empty means always: {"weekdays": [1..7], "from": "18:00", "to": "09:00"}, over midnight too.
    windows = models.JSONField(default=list, blank=True)
    in_force_from = models.DateTimeField()
    in_force_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["schedule", "position", "in_force_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_layer_in_force_per_position",
                fields=["schedule", "position"],
                condition=models.Q(in_force_until__isnull=True),
            ),
            models.CheckConstraint(
                name="layer_kind_is_known", condition=models.Q(kind__in=LayerKind.values())
            ),
            models.CheckConstraint(
                name="layer_unit_is_known", condition=models.Q(unit__in=Unit.values())
            ),
            models.CheckConstraint(
                name="layer_counts_from_one",
                condition=models.Q(position__gte=1, every__gte=1),
            ),
            models.CheckConstraint(
                name="layer_is_in_force_forwards",
                condition=models.Q(in_force_until__isnull=True)
                | models.Q(in_force_until__gte=models.F("in_force_from")),
            ),
        ]


class Participant(models.Model):
    """One person's place in a layer's turns."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="participants")
    place = models.PositiveSmallIntegerField()
    person = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["layer", "place"]
        constraints = [
            models.UniqueConstraint(name="one_participant_per_place", fields=["layer", "place"]),
        ]
