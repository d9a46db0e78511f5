"""The simulated CRM as a bench sees it: seed it, count its calls, read what was written."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from orchestrator.bench.door import Door
from orchestrator.bench.figures import check

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BASE = "/services/data/v64.0"
SUBREQUESTS = 25


class Crm:
    """The simulator, reached behind the API's back."""

    def __init__(self, address: str, client_id: str, client_secret: str) -> None:
        """Note where it is."""
        self.address, self.client_id, self.client_secret = address, client_id, client_secret
        self._seeds = 0

    def seed(self, count: int, *, per_account: int = 1) -> list[str]:
        """Add opportunities on accounts of their own; return their ids."""
        self._seeds += 1
        mark, accounts = f"s{self._seeds}", -(-count // per_account)
        records: list[dict[str, Any]] = [
            {"object": "Account", "key": f"{mark}-a{n}", "fields": {"Name": f"Account {mark} {n}"}}
            for n in range(accounts)
        ]
        records += [
            {
                "object": "Opportunity",
                "key": f"{mark}-o{n}",
                "fields": {
                    "Name": f"Deal {mark} {n}",
                    "AccountId": f"@{mark}-a{n % accounts}",
                    "StageName": "Prospecting",
                    "CloseDate": "2027-03-31",
                    "Amount": 1000 + n,
                },
            }
            for n in range(count)
        ]
        ids = self._control("POST", "seed", {"records": records})["ids"]
        return [ids[f"{mark}-o{n}"] for n in range(count)]

    def last_effect(self) -> int:
        """Return the number of the newest durable effect."""
        return int(self._control("GET", "effects?after=1000000000000")["last"])

    def writes(self, after: int) -> Counter[str]:
        """Count what our own user did to each record since then."""
        found: Counter[str] = Counter()
        ours = self._control("GET", "keys")["ids"]["integration"]
        while page := self._control("GET", f"effects?after={after}")["effects"]:
            found.update(each["id"] for each in page if each["user"] == ours)
            after = page[-1]["sequence"]
        return found

    def check_written(self, after: int, expected: Sequence[str]) -> None:
        """
        Check that since then exactly these records were written, each exactly once.

        :raises WrongOutcome: if anything else was
        """
        written = self.writes(after)
        twice = [key for key, times in written.items() if times != 1]
        wrong = written.keys() ^ set(expected)
        check(
            not twice and not wrong,
            f"the CRM's effect log should hold {len(expected)} writes, one a record: "
            f"{sum(written.values())} were found, {len(twice)} records written more than once, "
            f"{len(wrong)} records too many or too few",
        )

    def calls(self) -> int:
        """Return how many API calls were made since the count was cleared."""
        return sum(self._control("GET", "stats")["calls"].values())

    def clear_calls(self) -> None:
        """Count calls from zero."""
        self._control("DELETE", "stats")

    def slow_down(self, milliseconds: int) -> None:
        """Let every composite call, reads included, take as long as over a real network."""
        rule = {"kind": "latency", "path": "/composite", "milliseconds": milliseconds}
        self._control("POST", "faults", {**rule, "times": None})

    def full_speed(self) -> None:
        """Take the latency away."""
        self._control("DELETE", "faults")

    def signed_in(self) -> Door:
        """Return a connection of a plain client."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        body = urlencode(form).encode()
        with Door(self.address) as door:
            answer = door.ask("POST", "/services/oauth2/token", body, {"Content-Type": FORM})
        token = answer.json()["access_token"]
        return Door(self.address, {"Authorization": f"Bearer {token}", "Content-Type": JSON})

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        # A connection of its own each time: between two commands the server may close an idle one.
        with Door(self.address) as door:
            if body is None:
                return door.ask(method, f"/__sim__/{path}").json()
            return door.send_json(method, f"/__sim__/{path}", body).json()


def write_bare(door: Door, record_ids: Sequence[str]) -> int:
    """Write records with nothing around it, 25 to a call; return how many calls that took."""
    packs = [record_ids[at : at + SUBREQUESTS] for at in range(0, len(record_ids), SUBREQUESTS)]
    for pack in packs:
        parts = [
            {
                "method": "PATCH",
                "url": f"{BASE}/sobjects/Opportunity/{record_id}",
                "referenceId": f"r{number}",
                "body": {"StageName": "Qualification"},
            }
            for number, record_id in enumerate(pack)
        ]
        body = {"allOrNone": False, "compositeRequest": parts}
        answers = door.send_json("POST", f"{BASE}/composite", body).json()["compositeResponse"]
        check(
            all(each["httpStatusCode"] == 204 for each in answers),
            "every bare write should succeed",
        )
    return len(packs)
