"""An org inside the test's process, and a signed-in client of it."""

from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from orchestrator.simulator.app import make_app
from orchestrator.simulator.org import Settings

SECRET, PASSWORD = "a-secret", "Correct-Horse-9"
BASE = "/services/data/v64.0"
SEED = [
    {"object": "Account", "key": "acme", "fields": {"Name": "Acme", "OwnerId": "@maya_ruiz"}},
    {"object": "Account", "key": "globex", "fields": {"Name": "Globex", "OwnerId": "@maya_ruiz"}},
    {
        "object": "Opportunity",
        "key": "deal",
        "fields": {
            "Name": "Renewal", "AccountId": "@acme", "StageName": "Proposal",
            "CloseDate": "2026-12-01", "Amount": 1000, "OwnerId": "@maya_ruiz",
        },
    },
    {
        "object": "Contact",
        "key": "anna",
        "fields": {"LastName": "Lind", "FirstName": "Anna", "AccountId": "@acme"},
    },
]  # fmt: skip


class Api:
    """A client of the data API and of the control surface."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.ids: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def sign_in(self) -> None:
        answer = self.client.post(
            "/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=("countersign-client", SECRET),
        )
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def call(self, method: str, path: str, *, headers: Any = None, **more: Any) -> Any:
        address = path if path.startswith("/") else f"{BASE}/{path}"
        return self.client.request(
            method, address, headers={**self.headers, **(headers or {})}, **more
        )

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self.call("POST", path, json=body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Any:
        return self.call("PATCH", path, json=body, **more)

    def delete(self, path: str, **more: Any) -> Any:
        return self.call("DELETE", path, **more)

    def create(self, name: str, **fields: Any) -> Any:
        answer = self.post(f"sobjects/{name}", fields)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def record(self, name: str, key: str) -> Any:
        answer = self.get(f"sobjects/{name}/{self.ids.get(key, key)}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def query(self, text: str) -> Any:
        answer = self.get("query", params={"q": text})
        assert answer.status_code == 200, answer.text
        return answer.json()["records"]

    def control(self, method: str, name: str, body: Any = None, **query: Any) -> Any:
        answer = self.client.request(method, f"/__sim__/{name}", json=body, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def seed(self, *records: dict[str, Any]) -> dict[str, str]:
        made = dict(self.control("POST", "seed", {"records": list(records)})["ids"])
        self.ids.update(made)
        return made

    def effects(self) -> Any:
        return self.control("GET", "effects")["effects"]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and error code of a refusal in the documented shape: a list of errors."""
    body = answer.json()
    assert isinstance(body, list)
    assert body[0]["message"]
    return answer.status_code, body[0]["errorCode"]


@pytest.fixture
def client() -> TestClient:
    return TestClient(make_app(Settings(client_secret=SECRET, password=PASSWORD)))


@pytest.fixture
def api(client: TestClient) -> Api:
    """A signed-in client of an org with two accounts, a deal and a contact, at a frozen time."""
    api = Api(client)
    api.control("POST", "clock", {"freeze": "2026-11-21T12:00:00Z"})
    api.ids = api.control("POST", "seed", {"records": SEED})["ids"]
    api.control("POST", "clock", {"advance": 60})
    api.sign_in()
    return api
