"""A small client of the public REST contract, as an agent developer would write one."""

import logging
from typing import Any

import httpx

logger = logging.getLogger(__name__)
LONGEST_WAIT_SECONDS = 25


class Refused(Exception):
    """Countersign refused a call; `code` says why."""

    def __init__(self, problem: dict[str, Any]) -> None:
        """Keep the problem details."""
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.code = str(problem.get("code", ""))
        self.status = int(problem.get("status", 0))


class Countersign:
    """The agent's only way to the CRM: it proposes, and learns what became of it."""

    def __init__(self, *, address: str, key: str) -> None:
        """Open a connection that shows the agent's key."""
        self._http = httpx.Client(
            base_url=f"{address}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=LONGEST_WAIT_SECONDS + 10,
            trust_env=False,
        )

    def me(self) -> dict[str, Any]:
        """
        Return grants, workflows, budgets and whether writing is halted.

        :raises Refused: if the key is not accepted
        """
        return self._call("GET", "/me")

    def record(self, object_name: str, record_id: str) -> dict[str, Any]:
        """
        Return a record's granted fields.

        :raises Refused: if it is outside the grants
        """
        return self._call("GET", f"/records/{object_name}/{record_id}")

    def propose(self, proposal: dict[str, Any], *, key: str) -> dict[str, Any]:
        """
        Propose; the same key gives the same proposal however often it is sent.

        :raises Refused: if it cannot be taken
        """
        return self._call("POST", "/proposals", json=proposal, headers={"Idempotency-Key": key})

    def wait_for_news(self, proposal_id: str) -> dict[str, Any]:
        """
        Return the proposal as soon as its state changes, or as it stands after a while.

        :raises Refused: if it is not this agent's
        """
        return self._call("GET", f"/proposals/{proposal_id}", params={"wait": LONGEST_WAIT_SECONDS})

    def open_proposals(self, state: str) -> list[dict[str, Any]]:
        """
        Return up to 200 of the agent's own proposals in one state.

        :raises Refused: if the call is refused
        """
        found = self._call("GET", "/proposals", params={"state": state, "limit": 200})
        return list(found["proposals"])

    def revise(self, proposal_id: str, revision: dict[str, Any]) -> dict[str, Any]:
        """
        Hand in a new revision, for instance to answer a question.

        :raises Refused: if it is too late
        """
        return self._call("POST", f"/proposals/{proposal_id}/revisions", json=revision)

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **options)
        if answer.is_success:
            return dict(answer.json())
        try:
            problem = dict(answer.json())
        except ValueError:
            problem = {"code": "no_answer", "status": answer.status_code, "detail": answer.text}
        raise Refused(problem)
