"""The loop that every example agent runs: look at its records, propose, answer, learn."""

import csv
import logging
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from orchestrator.demo.agents.client import Countersign, Refused

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal to make, with the key that makes a repeat harmless."""

    key: str
    body: dict[str, Any]


class ExampleAgent(ABC):
    """An agent that polls the records of one report and proposes what it finds."""

    object_name: str

    def __init__(self, *, client: Countersign, report: Path, per_round: int) -> None:
        """Keep the client and the report: a list of record ids that the CRM exported for us."""
        self.client = client
        self.report = report
        self.per_round = per_round
        self._position = 0
        self._proposed: set[str] = set()

    @abstractmethod
    def suggestion(self, record: dict[str, Any]) -> Suggestion | None:
        """Return what to propose for a record, or nothing."""

    @abstractmethod
    def answer(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        """Return the revision that answers a person's question, or nothing to withdraw from it."""

    def run(self, *, pause: float, stop: threading.Event) -> None:
        """Work until told to stop, whatever the network does."""
        while not stop.is_set():
            try:
                self.work_once()
            except httpx.HTTPError as error:
                logger.warning("Countersign does not answer: %s", error)
            except Refused as error:
                logger.warning("Refused: %s", error)
            stop.wait(pause)

    def work_once(self) -> int:
        """
        Answer questions, then look at the next records; return how many proposals were made.

        :raises Refused: if the key is not accepted
        """
        for proposal in self.client.open_proposals("revision_requested"):
            revision = self.answer(proposal)
            if revision is not None:
                self.client.revise(proposal["id"], revision)
                logger.info("answered %s", proposal["id"])
        return sum(self._look_at(record_id) for record_id in self._next_ids())

    def _look_at(self, record_id: str) -> int:
        try:
            suggestion = self.suggestion(self.client.record(self.object_name, record_id))
        except Refused as error:
            logger.info("%s: %s", record_id, error)
            return 0
        if suggestion is None or suggestion.key in self._proposed:
            return 0
        # Whatever the answer, asking the same again would not help.
        self._proposed.add(suggestion.key)
        return self._propose(suggestion)

    def _propose(self, suggestion: Suggestion) -> int:
        try:
            taken = self.client.propose(suggestion.body, key=suggestion.key)
        except Refused as error:
            if error.code != "idempotency_key_reused":  # proposed before the last restart
                logger.info("%s: %s", suggestion.key, error)
            return 0
        logger.info("proposed %s: %s", taken["id"], suggestion.body.get("title", ""))
        return 1

    def _next_ids(self) -> list[str]:
        with self.report.open(newline="") as file:
            ids = [row["Id"] for row in csv.DictReader(file)]
        if self._position >= len(ids):
            self._position = 0
        chosen = ids[self._position : self._position + self.per_round]
        self._position += self.per_round
        return chosen
