"""One call of the API and its answer, without HTTP: composite requests make these too."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestrator.simulator.org import Org

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf, when, and under which headers (lower-case names) something is done."""

    org: "Org"
    user_id: str
    now: dt.datetime
    stamp: str
    request_id: str
    version: str
    headers: Headers = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The path all resources of this version are under."""
        return f"/services/data/v{self.version}"

    @property
    def version_number(self) -> float:
        """The version as a number."""
        return float(self.version)


@dataclass(frozen=True, slots=True)
class Call:
    """A method on a path below the version, split at its slashes and decoded."""

    context: Context
    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    body: Any = None

    def asked_for(self, name: str) -> str | None:
        """Return a header of the call, or None."""
        return self.context.headers.get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (None for none) and headers beside the usual ones."""

    status: int
    body: Any = None
    headers: Headers = field(default_factory=dict)
