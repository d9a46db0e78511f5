"""
What each route is to an agent: `read`, `propose` or `forbidden`, with the reason.

An agent composes a change; it never moves its own change through the gate. A route that is not
listed here is refused to agents, and a test enumerates every route of the site against this table.
"""

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


def _read(why: str) -> Classed:
    return Classed(RouteClass.READ, why)


def _propose(why: str) -> Classed:
    return Classed(RouteClass.PROPOSE, why)


def _forbidden(why: str) -> Classed:
    return Classed(RouteClass.FORBIDDEN, why)


DESK = _forbidden("people decide on these pages")
CONFIGURATION = _forbidden("configuration is changed by people")
SWITCH = _forbidden("the kill switch belongs to people")
MEMORY = _forbidden("the ledger is read by people; an agent reads its own proposals")
SESSION = _forbidden("sessions belong to people")
OPEN = Classed(RouteClass.OPEN, "says that the process lives, nothing else")

ROUTES: dict[str, Classed] = {
    "api:create_proposal": _propose("composes a change; approves nothing"),
    "api:create_batch": _propose("composes changes; approves nothing"),
    "api:list_proposals": _read("the agent's own proposals"),
    "api:get_proposal": _read("the agent's own proposal"),
    "api:withdraw_proposal": _propose("takes the agent's own proposal back"),
    "api:create_revision": _propose("a new revision needs its own approval"),
    "api:preflight": _read("judges without storing anything"),
    "api:me": _read("the agent itself"),
    "api:list_workflows": _read("what the agent may propose in"),
    "api:get_record": _read("a record inside the agent's grants"),
    "api:openapi-json": Classed(RouteClass.OPEN, "the contract itself is public"),
    "api:openapi-view": Classed(RouteClass.OPEN, "the contract itself is public"),
    "api:api-root": Classed(RouteClass.OPEN, "leads to the contract"),
}
