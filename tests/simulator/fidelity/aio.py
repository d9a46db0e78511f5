"""aiosalesforce, led to the simulator."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow
from aiosalesforce.events import RestApiCallConsumptionEvent, RetryEvent
from aiosalesforce.exceptions import SalesforceError
from aiosalesforce.retries import POLICY_DEFAULT, RetryPolicy

from tests import asynchronous
from tests.simulated_org import SimulatedOrg

Answer = TypeVar("Answer")
Work = Callable[[Salesforce], Awaitable[Answer]]

PATIENT = RetryPolicy(
    response_rules=POLICY_DEFAULT.response_rules,
    exception_rules=POLICY_DEFAULT.exception_rules,
    backoff_base=0.01,
)


class ToSimulator(httpx.AsyncHTTPTransport):
    """The client insists on a Salesforce host; send what it says there to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._to = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(
            scheme=self._to.scheme, host=self._to.host, port=self._to.port
        )
        return await super().handle_async_request(request)


def ask(org: SimulatedOrg, work: Work[Answer], **options: Any) -> Answer:
    async def asked() -> Answer:
        async with httpx.AsyncClient(transport=ToSimulator(org.url)) as http:
            wanted = {
                "auth": ClientCredentialsFlow(org.client_id, org.client_secret),
                "version": "64.0",
                "retry_policy": PATIENT,
                **options,
            }
            return await work(Salesforce(http, "https://acme.my.salesforce.com", **wanted))

    return asynchronous.run(asked())


def refused(org: SimulatedOrg, work: Work[Any], **options: Any) -> SalesforceError:
    with pytest.raises(SalesforceError) as caught:
        ask(org, work, **options)
    return caught.value


class Watch:
    """Counts what the client says it did."""

    def __init__(self) -> None:
        self.retries = 0
        self.usage: list[tuple[int | None, int | None]] = []

    def __call__(self, event: Any) -> None:
        if isinstance(event, RetryEvent):
            self.retries += 1
        if isinstance(event, RestApiCallConsumptionEvent):
            self.usage.append((event.consumed, event.remaining))
