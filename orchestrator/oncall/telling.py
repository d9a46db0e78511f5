"""What people are told about their own shifts."""

import datetime as dt
from zoneinfo import ZoneInfo

from orchestrator.notifications import concluding, sending
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.oncall.models import Override, Schedule, Swap
from orchestrator.oncall.states import SwapState
from orchestrator.oncall.wording import period_words
from orchestrator.people.models import User

ANSWERS = {
    SwapState.ACCEPTED: "accepted your swap",
    SwapState.DECLINED: "declined your swap: both keep their shifts",
    SwapState.EXPIRED: "did not answer in time: both keep their shifts",
}


def path_of(schedule: Schedule) -> str:
    """Return the address of the schedule's page."""
    return f"/on-call/{schedule.role.slug}/"


def tell_of_override(override: Override, *, by: User, at: dt.datetime) -> None:
    """Tell whoever was put on call by somebody else."""
    if override.person_id == by.pk:
        return
    schedule = override.schedule
    words = period_words(override.starts_at, override.ends_at, ZoneInfo(schedule.time_zone))
    message = Message(
        event="oncall.override_made",
        urgency=Urgency.HIGH,
        title=f"You are on call for {schedule.role.title}",
        lines=(words, f"{by.display_name} put you on call."),
        path=path_of(schedule),
        subject_kind="override",
        subject_id=str(override.pk),
        key=f"oncall.override:{override.pk}",
    )
    sending.notify(people=[override.person], message=message, at=at)


def tell_of_swap(swap: Swap, *, at: dt.datetime) -> None:
    """Ask the other: nothing changes until they accept."""
    zone = ZoneInfo(swap.schedule.time_zone)
    message = Message(
        event="oncall.swap_asked",
        urgency=Urgency.HIGH,
        title=f"{swap.asked_by.display_name} asks you to swap shifts",
        lines=(
            f"You would take {period_words(swap.gives_from, swap.gives_until, zone)}.",
            f"They would take {period_words(swap.takes_from, swap.takes_until, zone)}.",
        ),
        path=path_of(swap.schedule),
        subject_kind="swap",
        subject_id=str(swap.pk),
        key=f"oncall.swap:{swap.pk}",
    )
    sending.notify(people=[swap.asked_of], message=message, at=at)


def tell_of_answer(swap: Swap, *, at: dt.datetime) -> None:
    """Tell whoever asked how it ended."""
    conclude_swap(swap, at=at)
    message = Message(
        event=f"oncall.swap_{swap.state}",
        urgency=Urgency.NORMAL,
        title=f"{swap.asked_of.display_name} {ANSWERS[SwapState(swap.state)]}",
        path=path_of(swap.schedule),
        subject_kind="swap",
        subject_id=str(swap.pk),
        key=f"oncall.swap_answer:{swap.pk}",
    )
    sending.notify(people=[swap.asked_by], message=message, at=at)


def conclude_swap(swap: Swap, *, at: dt.datetime) -> None:
    """Say on what was sent earlier that nothing waits for an answer any more."""
    words = f"The swap was {swap.state}."
    concluding.conclude(subject_kind="swap", subject_id=str(swap.pk), words=words, at=at)
