"""What people keep of the inbox: a tab and its filters under a name."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

MOST_VIEWS = 30


class SavedView(models.Model):
    """One view of the inbox: its owner's own, or shared with a role that the owner is in."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    # Which of the owner's places it takes: the number of places is the limit.
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    # The tab and the filters as they stand in the address, read again by the same parser.
    query = models.CharField(max_length=500, blank=True, default="")
    shared_with = models.ForeignKey(
        "people.Role", on_delete=models.CASCADE, null=True, related_name="saved_views"
    )
    # What its owner sees first.
    is_default = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["owner", "place"]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="saved_view_name_once"),
            models.UniqueConstraint(fields=["owner", "place"], name="saved_view_place_once"),
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(is_default=True),
                name="saved_view_one_default",
            ),
            models.CheckConstraint(
                name="saved_view_place_is_there",
                condition=models.Q(place__gte=1, place__lte=MOST_VIEWS),
            ),
            models.CheckConstraint(name="saved_view_has_a_name", condition=~models.Q(name="")),
        ]
        indexes = [
            models.Index(
                fields=["shared_with"],
                name="saved_view_shared",
                condition=models.Q(shared_with__isnull=False),
            )
        ]
