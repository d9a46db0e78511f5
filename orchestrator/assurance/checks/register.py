"""Every question the auditor asks, in the order in which the page shows them."""

from orchestrator.assurance.checks import (
    calls,
    life,
    messages,
    outcomes,
    people,
    reviews,
    time,
    work,
)
from orchestrator.assurance.checks.irregular import Check

CHECKS = (
    Check("workers", "Beat and the workers of every queue live", life.silent_parts),
    Check("timers.late", "Everything that is due fires", time.late_timers),
    Check(
        "timers.stuck",
        "No step fails again and again",
        time.stuck_timers,
        restart=time.try_stuck_again,
    ),
    Check(
        "reviews",
        "Every open review has a next step",
        reviews.without_a_next_step,
        reviews.restart,
    ),
    Check(
        "proposals", "Every open proposal has something that comes next", work.proposals_at_a_loss
    ),
    Check(
        "commits", "Every open commit has a worker, a due time or a person", work.commits_at_a_loss
    ),
    Check("pages.clock", "Every open page has a clock", calls.without_a_clock, calls.wind_up),
    Check("pages.answer", "Somebody answers every page", calls.unanswered, vital=False),
    Check("deliveries", "Messages leave in time", messages.late_deliveries),
    Check("recipients", "Everybody who must know is reached", messages.undelivered, vital=False),
    Check("outcomes", "Everybody learns what became of a proposal", outcomes.unannounced),
    Check("webhooks", "Webhook messages leave in time", outcomes.late_webhooks),
    Check(
        "roles",
        "Somebody can be reached for every open review",
        people.nobody_for_open_reviews,
        vital=False,
    ),
)
