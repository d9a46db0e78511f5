"""What every page shows of switch, standstill and failures: three small queries."""

from typing import Any

from django.http import HttpRequest

from orchestrator.commits.frame import standing
from orchestrator.commits.queries import failing_workflows
from orchestrator.commits.states import HaltState
from orchestrator.commits.switch import Stop, Switch, read_switch
from orchestrator.kernel import clock
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.web import nav

RUNNING = "running"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the state of the switch, and how many failures the signed-in person may see."""
    person = getattr(request, "user", None)
    if not isinstance(person, User) or not person.is_active:
        nothing = {"state": RUNNING, "summary": ""}
        return nav.add(request, failure_count=0, switch=nothing, paused=[], silent=[])
    still = standing(started_at=clock.PROCESS_STARTED_AT, at=clock.now())
    return nav.add(
        request,
        failure_count=_failures(person),
        switch=summary(read_switch()),
        paused=still.pauses,
        silent=still.silences,
    )


def summary(switch: Switch) -> dict[str, str]:
    """Return the switch's state in one word, and its scopes and reasons in one sentence."""
    if not switch.stops:
        return {"state": RUNNING, "summary": ""}
    halting = any(stop.state == HaltState.HALTING for stop in switch.stops)
    return {
        "state": HaltState.HALTING if halting else HaltState.HALTED,
        "summary": " ".join(_sentence(stop) for stop in switch.stops),
    }


def _sentence(stop: Stop) -> str:
    words = f"{stop.words[:1].upper()}{stop.words[1:]}: {stop.reason.rstrip()}"
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _failures(person: User) -> int:
    failing = failing_workflows()
    if not failing:
        return 0
    visible = workflows_with_right(person, Right.VIEW)
    return sum(1 for workflow in failing if workflow in visible)
