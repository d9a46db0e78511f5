"""One org: its rows, clock, sessions, limits, faults and switches."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator import clock
from orchestrator.simulator.calls import Context
from orchestrator.simulator.clock import Clock
from orchestrator.simulator.faults import Faults
from orchestrator.simulator.idempotency import InFlight
from orchestrator.simulator.journal import Journal
from orchestrator.simulator.limits import Limits
from orchestrator.simulator.objects import ALL
from orchestrator.simulator.objects.people import AUTOMATION, INTEGRATION, PEOPLE, QUEUES
from orchestrator.simulator.objects.rules import RULES
from orchestrator.simulator.objects.sales import STAGES
from orchestrator.simulator.permissions import Permissions
from orchestrator.simulator.querying import Cursors
from orchestrator.simulator.saving import insert
from orchestrator.simulator.schema import Schema
from orchestrator.simulator.sessions import Sessions
from orchestrator.simulator.store import Row, Store
from orchestrator.simulator.switches import Switches

ORG_ID = "00DSm0000000001EAA"
LATEST_VERSION = "67.0"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the org is started with."""

    public_url: str = "http://127.0.0.1:8100"
    data: str = ":memory:"
    client_id: str = "countersign-client"
    client_secret: str = ""
    password: str = ""
    api_limit: int = 100_000
    jwt_public_key: str = ""


class Org:
    """Everything the server works on."""

    def __init__(self, settings: Settings) -> None:
        """Open the org; an empty one gets its people."""
        self.settings = settings
        self.public_url = settings.public_url.rstrip("/")
        self.schema = Schema(ALL)
        self.journal = Journal(settings.data)
        self.store = Store(self.schema, self.journal)
        self.clock = Clock()
        self.switches = Switches()
        self.permissions = Permissions(self.schema)
        self.faults = Faults()
        self.limits = Limits(settings.api_limit)
        self.sessions = Sessions()
        self.cursors = Cursors()
        self.in_flight = InFlight()
        self.jwt_public_key = settings.jwt_public_key
        # Ids of records by the keys that seeds name them with.
        self.keys: dict[str, str] = {}
        self._restore()

    def _restore(self) -> None:
        saved = self.journal.settings()
        self.clock.restore(saved.get("clock", {}))
        self.switches.restore(saved.get("switches", {}))
        self.sessions.restore(saved.get("sessions", {}))
        self.permissions.restore(saved.get("permissions", {}))
        self.keys = saved.get("keys", {})
        self.limits.used = saved.get("api_used", 0)
        self.jwt_public_key = self.jwt_public_key or saved.get("jwt_public_key", "")
        if not self.keys:
            self.populate()

    def populate(self) -> None:
        """Make the people, queues and stages that every org starts with."""
        context = self.context(user_id="")
        user = self._type("User")
        for person in PEOPLE:
            values = {
                "Username": person.username, "LastName": person.last_name,
                "FirstName": person.first_name or None, "Email": person.username,
                "Title": person.title or None, "Department": person.department or None,
                "UserType": person.user_type, "Alias": person.key[:8],
            }  # fmt: skip
            self.keys[person.key] = insert(context, user, values, logged=False)
        for key, name in QUEUES:
            values = {"Name": name, "DeveloperName": name.replace(" ", "_"), "Type": "Queue"}
            self.keys[key] = insert(context, self._type("Group"), values, logged=False)
        for place, stage in enumerate(STAGES, start=1):
            stage_values: Row = {
                "MasterLabel": stage.name, "ApiName": stage.name, "SortOrder": place,
                "DefaultProbability": stage.probability, "ForecastCategory": stage.forecast,
                "ForecastCategoryName": stage.forecast_name, "IsClosed": stage.is_closed,
                "IsWon": stage.is_won,
            }  # fmt: skip
            insert(context, self._type("OpportunityStage"), stage_values, logged=False)
        for name, of, active in RULES:
            rule_values = {"Name": name, "SobjectType": of, "Active": active}
            self.keys[f"rule_{name.lower().replace(' ', '_')}"] = insert(
                context, self._type("AssignmentRule"), rule_values, logged=False
            )
        self.save_settings(keys=self.keys)

    def reset(self) -> None:
        """Go back to an org with nothing but its people; sessions stay open."""
        self.store.roll_back()
        self.store.clear()
        self.faults.clear()
        self.clock.be_real()
        self.switches.restore({})
        self.permissions.restore({})
        self.limits.reset()
        self.keys = {}
        self.populate()
        self.save_settings(clock=self.clock.state(), switches={}, permissions={}, api_used=0)

    def save_settings(self, **settings: Any) -> None:
        """Make settings durable, with the rows of the open transaction if there are any."""
        self.store.commit(real_at=real_stamp(), settings=settings)

    def context(
        self,
        *,
        user_id: str,
        version: str = LATEST_VERSION,
        headers: Mapping[str, str] | None = None,
        request_id: str = "",
    ) -> Context:
        """Return the context of something done now."""
        now = self.clock.now()
        return Context(
            org=self, user_id=user_id, now=now, version=version,
            stamp=clock.written(now, milliseconds=self.switches["stamps_with_milliseconds"]),
            request_id=request_id or uuid.uuid4().hex, headers=headers or {},
        )  # fmt: skip

    def queue_id(self, name: str) -> str | None:
        """Return the id of a queue by its name, or None."""
        return next((one["Id"] for one in self.store.rows("Group") if one["Name"] == name), None)

    def user_named(self, username: str) -> str | None:
        """Return the id of the active user who signs in with that name, or None."""
        user = self._type("User")
        found = self.store.with_key(user, user.fields["username"], username)
        row = self.store.row("User", found[0]) if found else None
        return row["Id"] if row is not None and row["IsActive"] else None

    @property
    def integration_user(self) -> str:
        """The user that client credentials act as."""
        return self.keys[INTEGRATION.key]

    @property
    def automation_user(self) -> str:
        """The user that automation acts as."""
        return self.keys[AUTOMATION.key]

    def _type(self, name: str) -> Any:
        kind = self.schema.named(name)
        if kind is None:
            raise LookupError(name)
        return kind


def real_stamp() -> str:
    """Return the machine's time with microseconds, to order effects against other clocks."""
    return clock.real_now().astimezone(dt.UTC).isoformat()
