"""What happens while nobody decides: the steps that a definition may name. Pure."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from orchestrator.workflows.durations import Duration, parse_duration
from orchestrator.workflows.parts import Part, Slug

SHARE = re.compile(r"([1-9]\d{0,3})%")
WHOLE = 100
# Whom a step turns to where the file names no role.
BACKUPS, ON_CALL = "backups", "on-call"
TAKES_A_ROLE = {"widen": BACKUPS, "page": ON_CALL}


def share_of(at: str) -> int | None:
    """Return the per cent that a time names, or None where it is a length after the whole."""
    found = SHARE.fullmatch(at)
    return int(found[1]) if found else None


def length_after(at: str) -> Duration:
    """
    Return how long after the time to decide a step comes: "+30 minutes".

    :raises BadDuration: if the text names no length
    """
    return parse_duration(at.removeprefix("+"))


def _moment(text: str) -> str:
    if SHARE.fullmatch(text):
        return text
    if not text.startswith("+"):
        raise ValueError("Write a share of the time to decide (80%), or what follows it (+1 hour).")
    length_after(text)
    return text


Moment = Annotated[str, AfterValidator(_moment)]


class EscalationStep(Part):
    """
    What happens at a time, or on an occasion, while nobody has decided.

    There is no step that approves: the last word of a plan is a no, or nothing.
    """

    at: Moment | None = None
    on: Literal["third_send_back", "second_conflict"] | None = None
    do: Literal["remind", "widen", "page", "page_next", "notify_owner", "deny"]
    to: Slug | None = None
    # Then the step waits until people work again.
    only: Literal["working hours"] | None = None


class EscalationPlans(Part):
    """A plan for what is decided as usual, and one for what is of high risk."""

    normal: list[EscalationStep] = Field(min_length=1)
    important: list[EscalationStep] = Field(min_length=1)


def _kind(value: Any) -> str:
    return "plans" if isinstance(value, dict | EscalationPlans) else "steps"


Escalation = Annotated[
    Annotated[list[EscalationStep], Tag("steps")] | Annotated[EscalationPlans, Tag("plans")],
    Discriminator(_kind),
]

DEFAULT: tuple[EscalationStep, ...] = (
    EscalationStep(at="50%", do="remind"),
    EscalationStep(at="80%", do="widen", to=BACKUPS),
    EscalationStep(at="100%", do="page", to=ON_CALL),
    EscalationStep(on="third_send_back", do="notify_owner"),
    EscalationStep(on="second_conflict", do="notify_owner"),
    EscalationStep(at="100%", do="deny"),
)


def steps_for(escalation: Escalation, *, important: bool) -> Sequence[EscalationStep]:
    """Return the plan for a risk: as written, or the usual one where nothing is written."""
    if isinstance(escalation, EscalationPlans):
        return escalation.important if important else escalation.normal
    return escalation or DEFAULT


def denied_at(escalation: Escalation) -> int:
    """Return at which share of the time to decide the answer becomes no, in per cent."""
    # The same in every plan of a file: the deadline is set before the risk is known.
    for step in steps_for(escalation, important=False):
        if step.do == "deny" and step.at is not None:
            return share_of(step.at) or WHOLE
    return WHOLE


def words_of(step: EscalationStep) -> str:
    """Return the step as a line for people."""
    when = f"at {step.at} of the time" if step.at and share_of(step.at) else f"{step.at} after it"
    if step.on is not None:
        when = f"on the {step.on.replace('_', ' ')}"
    whom = f" ({step.to})" if step.to else ""
    return f"{when}: {DEEDS[step.do]}{whom}" + (f", in {step.only}" if step.only else "")


DEEDS = {
    "remind": "remind whoever may decide",
    "widen": "ask the backups too",
    "page": "call whoever is on call",
    "page_next": "call the next person on call",
    "notify_owner": "tell the workflow's owner",
    "deny": "deny",
}
