"""Is an escalation plan one that can be kept? Every problem with its place. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence

from orchestrator.calendars.hours import DEFAULT
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.durations import Duration, amount_of
from orchestrator.workflows.escalation import (
    TAKES_A_ROLE,
    WHOLE,
    EscalationPlans,
    EscalationStep,
    denied_at,
    length_after,
    share_of,
)
from orchestrator.workflows.positions import Place

Finding = tuple[Place, str]
# What may be answered to an occasion: the review is closed then, so nobody is left to remind.
ON_OCCASIONS = ("notify_owner", "page")


def bad_plans(definition: WorkflowDefinition) -> Iterator[Finding]:
    """Yield what is wrong with the definition's escalation."""
    for place, steps in plans_of(definition):
        yield from _bad_steps(place, steps)
        yield from _bad_order(place, steps, definition.sla.decide_within)
        yield from _too_late(place, steps, definition.sla.decide_within)
    plans = definition.escalation
    if isinstance(plans, EscalationPlans) and denied_at(plans.normal) != denied_at(plans.important):
        yield (
            ("escalation", "important"),
            "Both plans must deny at the same time: the deadline is set before the risk is known.",
        )


def plans_of(definition: WorkflowDefinition) -> list[tuple[Place, Sequence[EscalationStep]]]:
    """Return the plans that the file writes, each with its place."""
    plans = definition.escalation
    if isinstance(plans, EscalationPlans):
        return [
            (("escalation", "normal"), plans.normal),
            (("escalation", "important"), plans.important),
        ]
    return [(("escalation",), plans)]


def roles_named(definition: WorkflowDefinition) -> Iterator[tuple[Place, str]]:
    """Yield the roles that steps turn to by name, each with its place."""
    for place, steps in plans_of(definition):
        for number, step in enumerate(steps):
            if step.to and step.to != TAKES_A_ROLE.get(step.do):
                yield (*place, number, "to"), step.to


def _bad_steps(place: Place, steps: Sequence[EscalationStep]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for number, step in enumerate(steps):
        here = (*place, number)
        if (step.at is None) == (step.on is None):
            yield here, "A step has either 'at', a time, or 'on', an occasion."
        if step.to and step.do not in TAKES_A_ROLE:
            yield (*here, "to"), f"Nobody is named for {step.do!r}: leave 'to' out."
        if step.on and step.do not in ON_OCCASIONS:
            yield (*here, "do"), f"On an occasion only {' or '.join(ON_OCCASIONS)} is possible."
        if step.on and (step.on, step.do) in seen:
            yield here, f"The plan answers {step.on!r} with {step.do!r} twice."
        if step.only and (step.do == "deny" or step.on):
            yield (*here, "only"), "Only a step with a time waits for working hours, a deny never."
        seen.add((step.on or "", step.do))


def _bad_order(place: Place, steps: Sequence[EscalationStep], whole: Duration) -> Iterator[Finding]:
    last: dt.timedelta | None = None
    denies = False
    for number, step in enumerate(steps):
        if step.at is None:
            continue
        here = (*place, number, "at")
        if denies:
            yield (*place, number), "Nothing comes after 'deny': make it the last step."
        if step.do == "deny" and share_of(step.at) is None:
            yield here, "Write when to deny as a share of the time to decide, such as '300%'."
        denies = denies or step.do == "deny"
        moment = _moment(step.at, whole)
        if last is not None and moment is not None and moment < last:
            yield here, "The steps are not in the order of their times."
        last = moment or last


def _too_late(place: Place, steps: Sequence[EscalationStep], whole: Duration) -> Iterator[Finding]:
    denied = denied_at(list(steps))
    deadline = amount_of(whole, DEFAULT) * denied / WHOLE
    for number, step in enumerate(steps):
        if step.do == "deny":
            # What follows it is said to stand in the wrong place already.
            return
        moment = _moment(step.at, whole) if step.at else None
        follows = step.at is not None and share_of(step.at) is None and denied <= WHOLE
        if follows or (moment is not None and moment > deadline):
            yield (
                (*place, number, "at"),
                f"This comes after the deadline, which is at {denied}% of the time: end the plan "
                "with a later 'deny'.",
            )


def _moment(at: str, whole: Duration) -> dt.timedelta | None:
    """Return how long after the opening it is, or None if it counts by another clock."""
    share = share_of(at)
    if share is not None:
        return amount_of(whole, DEFAULT) * share / WHOLE
    after = length_after(at)
    if after.business != whole.business:
        return None
    return amount_of(whole, DEFAULT) + amount_of(after, DEFAULT)
