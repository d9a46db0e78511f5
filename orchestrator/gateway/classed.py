"""The classes that a route can have for agents, and the reasons that many of them share."""

from dataclasses import dataclass

from orchestrator.kernel.choices import Choices


class RouteClass(Choices):
    READ = "read"
    PROPOSE = "propose"
    FORBIDDEN = "forbidden"
    # Needs no identity and tells nothing about the content: health, static files.
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Classed:
    """One route's class and why."""

    route_class: RouteClass
    why: str


def read(why: str) -> Classed:
    """Return a route that an agent may read, and why."""
    return Classed(RouteClass.READ, why)


def propose(why: str) -> Classed:
    """Return a route that an agent may propose by, and why."""
    return Classed(RouteClass.PROPOSE, why)


def forbidden(why: str) -> Classed:
    """Return a route that an agent may not reach, and why."""
    return Classed(RouteClass.FORBIDDEN, why)


CALLS = forbidden("people are called, and answer")
DESK = forbidden("people decide on these pages")
CONFIGURATION = forbidden("configuration is changed by people")
SWITCH = forbidden("failures and the kill switch belong to people")
UNDO = forbidden("people take writes back; an agent proposes a new change")
MEMORY = forbidden("the ledger is read by people; an agent reads its own proposals")
WATCH = forbidden("people watch over the machinery")
ROTA = forbidden("people say who is on call")
SESSION = forbidden("sessions belong to people")
TOLD = forbidden("people are told, and choose how; an agent is told by webhook")
OPEN = Classed(RouteClass.OPEN, "tells about the site, nothing of its content")
