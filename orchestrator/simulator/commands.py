"""One control request: the org, the body, and whom and what it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator.calls import Context
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.org import Org
from orchestrator.simulator.seeding import resolve
from orchestrator.simulator.store import Row

EDITOR = "maya_ruiz"
# People who save a page do not run assignment rules unless they tick a box.
BY_HAND = {"sforce-auto-assign": "FALSE"}


@dataclass(frozen=True, slots=True)
class Command:
    """One control request."""

    org: Org
    body: Mapping[str, Any]
    query: Mapping[str, str]

    def text(self, name: str) -> str:
        """
        Return a text that the body must have.

        :raises ValueError: if it has not
        """
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise ValueError(f"The body needs {name!r}.")
        return value

    def editor(self) -> Context:
        """Return the context of the person the body names, as of now."""
        user_id = resolve(self.org, str(self.body.get("user", EDITOR)))
        return self.org.context(user_id=user_id, headers=BY_HAND)

    def record(self) -> tuple[ObjectType, Row]:
        """
        Return the record whose id or key the body names.

        :raises ValueError: if there is none
        """
        name = self.text("id")
        found = self.org.store.find(resolve(self.org, name))
        if found is None:
            raise ValueError(f"There is no record {name!r}.")
        return found
