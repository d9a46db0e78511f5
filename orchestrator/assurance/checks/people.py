"""Duties of people: is there somebody for everything that waits?"""

import datetime as dt

from approvals.models import Review
from approvals.states import ReviewState
from orchestrator.assurance.checks.irregular import Irregularity
from orchestrator.people import queries


def nobody_for_open_reviews(at: dt.datetime) -> list[Irregularity]:
    """Return the roles that reach nobody while reviews wait for them."""
    gaps = {gap.slug: gap for gap in queries.unreachable_roles(at=at)}
    waiting = Review.objects.filter(state=ReviewState.OPEN, role__slug__in=gaps).order_by()
    return [
        Irregularity(
            "role",
            slug,
            f"Nobody of {gaps[slug].title} can be reached, and reviews wait for it.",
            "/people/",
        )
        for slug in waiting.values_list("role__slug", flat=True).distinct()
    ]
