"""Agents that propose over REST, however often the answer gets lost; and a person in the CRM."""

import itertools
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.simulated_org import SimulatedOrg

STAGES = ("Prospecting", "Qualification", "Needs Analysis", "Proposal")
RETRY_SECONDS = 0.2
# A person does not touch what changed a moment ago: an HTTP date has a grain of one second, and
# what that lets through is written down in the threat model.
QUIET_SECONDS = 2.5


@dataclass
class Deals:
    """What there is in the org to work on."""

    opportunities: Sequence[str]
    accounts: Sequence[str]


@dataclass
class Said:
    """What agents were told, by idempotency key, and how often they had to ask again."""

    proposals: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    retries: int = 0
    replays: int = 0


class Agent:
    """One agent with one key: proposes, repeats what got lost, answers questions, withdraws."""

    def __init__(
        self, address: str, key: str, deals: Deals, *, name: str, seed: str, said: Said
    ) -> None:
        """Open a connection that shows the key."""
        self.http = httpx.Client(
            base_url=f"{address}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=8,
            trust_env=False,
        )
        self.deals, self.name, self.said = deals, name, said
        self._source = random.Random(seed)
        self._numbers = itertools.count(1)

    def work(self, *, every: float, stop: threading.Event, most: int) -> None:
        """Propose until told to stop, or until there are `most` proposals in all."""
        while not stop.wait(every * (0.5 + self._source.random())):
            if len(self.said.proposals) < most:
                self.propose(stop)
            if self._source.random() < 0.05:
                self._answer(stop)
            if self._source.random() < 0.02:
                self._withdraw(stop)

    def propose(self, stop: threading.Event) -> None:
        """Propose one change; the same key and body again until there is an answer."""
        token = f"{self.name}-{next(self._numbers)}"
        body = self._body(token)
        # Agents repeat themselves also when nothing went wrong.
        for _ in range(1 + (self._source.random() < 0.1)):
            answer = self._ask("POST", "/proposals", stop, json=body, key=token)
            if answer is None:
                return
            if answer.is_success:
                self.said.replays += answer.status_code == httpx.codes.OK
                first = self.said.proposals.setdefault(token, answer.json()["id"])
                if first != answer.json()["id"]:
                    self.said.refusals.append(f"{token} is {first} and {answer.json()['id']}")
            else:
                self.said.refusals.append(f"{token}: {answer.status_code} {answer.text[:200]}")

    def _ask(
        self, method: str, path: str, stop: threading.Event, *, key: str = "", **body: Any
    ) -> httpx.Response | None:
        """Ask until somebody answers; None if told to stop meanwhile."""
        headers = {"Idempotency-Key": key} if key else {}
        while True:
            try:
                answer = self.http.request(method, path, headers=headers, **body)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in (429, 500, 502, 503, 504):
                return answer
            self.said.retries += 1
            if stop.wait(RETRY_SECONDS):
                return None

    def _body(self, token: str) -> dict[str, Any]:
        action, changes = next(self._changes(token))
        return {
            "workflow": "weather",
            "action": action,
            "reason": {"code": "storm", "text": "The weather changes."},
            "confidence": 0.9,
            "changes": changes,
        }

    def _changes(self, token: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        luck = self._source.random()
        if luck < 0.1:
            fields = {"Subject": token, "WhatId": self._source.choice(self.deals.opportunities)}
            yield "create_task", [{"op": "create", "object": "Task", "fields": fields}]
        if luck < 0.2:
            account = self._source.choice(self.deals.accounts)
            yield "update_account", [_update("Account", account, Description=token)]
        count = 1 if luck < 0.85 else self._source.randint(2, 4)
        chosen = self._source.sample(list(self.deals.opportunities), count)
        changes = [
            _update("Opportunity", one, NextStep=f"{token}.{n}") for n, one in enumerate(chosen)
        ]
        if luck < 0.5:
            changes[0]["fields"]["StageName"] = self._source.choice(STAGES)
        yield "update_deals", changes

    def _answer(self, stop: threading.Event) -> None:
        query = {"state": "revision_requested", "limit": 20}
        listed = self._ask("GET", "/proposals", stop, params=query)
        if listed is None or not listed.is_success:
            return
        for one in listed.json()["proposals"]:
            token = f"{self.name}-{next(self._numbers)}"
            if one["action"] == "update_deals":
                changes = [
                    _update(
                        "Opportunity", self._source.choice(self.deals.opportunities), NextStep=token
                    )
                ]
                body = {name: self._body(token)[name] for name in ("reason", "confidence")}
                sent = {**body, "changes": changes, "answer": "It is."}
                self._ask("POST", f"/proposals/{one['id']}/revisions", stop, json=sent)

    def _withdraw(self, stop: threading.Event) -> None:
        numbers = list(self.said.proposals.values())[-20:]
        if numbers:
            self._ask("DELETE", f"/proposals/{self._source.choice(numbers)}", stop)


class Colleague:
    """Somebody who edits records in the CRM by hand."""

    def __init__(self, crm: SimulatedOrg, deals: Deals, *, seed: str) -> None:
        """Look at the org from now on."""
        self.crm, self.deals, self.edits = crm, deals, 0
        self._source = random.Random(seed)
        self._seen_until = crm.last_effect()
        self._touched: dict[str, float] = {}

    def work(self, *, every: float, stop: threading.Event) -> None:
        """Edit records until told to stop."""
        while not stop.wait(every * (0.5 + self._source.random())):
            self.edit()

    def edit(self) -> None:
        """Edit one record that nobody touched just now."""
        for effect in self.crm.effects(after=self._seen_until):
            self._seen_until = effect["sequence"]
            self._touched[effect["id"]] = time.monotonic()
        record_id = self._source.choice([*self.deals.opportunities, *self.deals.accounts])
        if time.monotonic() - self._touched.get(record_id, 0) < QUIET_SECONDS:
            return
        words = f"by hand {self.edits}"
        opportunity = record_id in self.deals.opportunities
        name = self._source.choice(["NextStep", "Description"]) if opportunity else "Description"
        self.crm.edit(record_id, **{name: words})
        self.edits += 1


def _update(object_name: str, record_id: str, **fields: Any) -> dict[str, Any]:
    return {"op": "update", "object": object_name, "id": record_id, "fields": fields}
