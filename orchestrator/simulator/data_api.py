"""`/services/data/…` over HTTP: who calls, what strikes, and when what was done becomes durable."""

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from orchestrator.simulator import addresses, api, connections, idempotency, unsettled
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import ApiError, Refusal, bad_json, refusal
from orchestrator.simulator.faults import Kind, Rule
from orchestrator.simulator.org import Org, real_stamp

log = logging.getLogger(__name__)
JSON = "application/json;charset=UTF-8"
HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
BODY_METHODS = frozenset({"POST", "PATCH", "PUT"})
FAILED = ApiError(
    "UNKNOWN_EXCEPTION",
    "An unexpected error occurred. Please include this ErrorId if you contact support: "
    "1700000000-00001 (-1)",
)
HTML_503 = (
    "<!DOCTYPE html><html><head><title>Service unavailable</title></head>"
    "<body><h1>We are down for maintenance</h1></body></html>"
)
QUOTA = {
    Kind.LIMIT_TOTAL: "TotalRequests Limit exceeded.",
    Kind.LIMIT_CONCURRENT: "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came in: method, path with query as written, headers, body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    client: tuple[str, int] | None


async def serve(request: Request) -> Response:
    """Answer one request of the data API."""
    org: Org = request.app.state.org
    incoming = await _incoming(request)
    with org.in_flight.holding(idempotency.key_of(incoming.target, incoming.headers)) as alone:
        if not alone:
            return _response(org, idempotency.IN_FLIGHT, incoming)
        return await _answered(org, incoming)


async def _answered(org: Org, incoming: Incoming) -> Response:
    rules = org.faults.begin(incoming.method, incoming.target, incoming.body)
    await _wait(rules, "before")
    refused = _refused_by(rules, incoming)
    if refused is not None:
        org.limits.count("refused_by_fault")
        return refused
    answer = _perform(org, incoming)
    kinds = {rule.kind for rule in rules}
    if Kind.DROP_BEFORE_COMMIT in kinds:
        org.store.roll_back()
        return _hang_up(incoming)
    answer = _commit(org, answer)
    await _wait(rules, "after")
    if Kind.DROP_AFTER_COMMIT in kinds:
        return _hang_up(incoming)
    if Kind.FAIL_AFTER_COMMIT in kinds:
        return _response(org, Answer(500, [FAILED.as_row()]), incoming)
    return _response(org, answer, incoming)


def _perform(org: Org, incoming: Incoming) -> Answer:
    try:
        return api.perform(_call(org, incoming))
    except Refusal as error:
        return Answer(error.status, error.body())
    except Exception:
        log.exception("The simulator failed at %s %s", incoming.method, incoming.target)
        org.store.roll_back()
        return Answer(500, [FAILED.as_row()])


def _commit(org: Org, answer: Answer) -> Answer:
    try:
        org.store.commit(real_at=real_stamp())
    except Exception:
        log.exception("The simulator could not make a request durable")
        org.store.roll_back()
        return Answer(500, [FAILED.as_row()])
    return answer


def _call(org: Org, incoming: Incoming) -> Call:
    path, query = addresses.split(incoming.target)
    method = incoming.method
    if method == "POST" and "_HttpMethod" in query and org.switches["http_method_override"]:
        method = query.pop("_HttpMethod").upper()
    user_id = _user(org, incoming.headers.get("authorization", ""))
    org.limits.refuse_if_used_up()
    kind = api.kind_of(path[1:], method)
    org.limits.count(kind)
    context = org.context(
        user_id=user_id, version=path[0], headers=incoming.headers,
        request_id=incoming.headers.get("x-request-id", "")[:100],
    )  # fmt: skip
    body = _json(incoming.body) if method in BODY_METHODS else None
    org.limits.used += unsettled.calls_of(org.switches, kind, body) - 1
    return Call(context, method, path[1:], query, body)


def _user(org: Org, authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not token:
        raise refusal("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)
    user_id = org.sessions.user_of(token.strip())
    if user_id is None:
        raise refusal("INVALID_SESSION_ID", "Session expired or invalid", status=401)
    return user_id


def _json(body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        value = json.loads(body, parse_constant=_no_constant)
        if HALF_CHARACTER.search(body):
            # Half of a character can be written in JSON and nowhere else.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise bad_json(f"{error}") from error
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"Unexpected character ('{name[0]}'): expected a valid value")


async def _incoming(request: Request) -> Incoming:
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    target = raw.decode("ascii", errors="replace").partition("?")[0]
    query = request.scope["query_string"].decode("ascii", errors="replace")
    client = request.scope.get("client")
    return Incoming(
        method=request.method,
        target=f"{target}?{query}" if query else target,
        headers={name.decode("latin-1").lower(): value.decode("latin-1")
                 for name, value in request.scope["headers"]},
        body=await request.body(),
        client=(str(client[0]), int(client[1])) if client else None,
    )  # fmt: skip


async def _wait(rules: Sequence[Rule], when: str) -> None:
    for rule in rules:
        if rule.kind is Kind.LATENCY and rule.when == when:
            await asyncio.sleep(rule.milliseconds / 1000)


def _refused_by(rules: Sequence[Rule], incoming: Incoming) -> Response | None:
    for rule in rules:
        if rule.kind is Kind.UNAVAILABLE:
            return HTMLResponse(HTML_503, 503)
        if rule.kind is Kind.EXPIRED:
            return _expired(rule.body)
        if rule.kind in QUOTA:
            error = ApiError("REQUEST_LIMIT_EXCEEDED", QUOTA[rule.kind])
            return _json_response(403, [error.as_row()])
        if rule.kind is Kind.MULTIPLE_CHOICES:
            path = incoming.target.partition("?")[0]
            return _json_response(300, [f"{path}#1", f"{path}#2"])
        if rule.kind is Kind.ERROR:
            error = ApiError(rule.code, rule.message, tuple(rule.fields) or None)
            return _json_response(rule.status, [error.as_row()])
    return None


def _expired(body: str) -> Response:
    row = ApiError("INVALID_SESSION_ID", "Session expired or invalid").as_row()
    match body:
        case "object":
            return _json_response(401, row)
        case "text":
            return PlainTextResponse("Unauthorized", 401)
        case "empty":
            return Response(status_code=401)
    return _json_response(401, [row])


def _hang_up(incoming: Incoming) -> Response:
    if incoming.client is not None:
        connections.hang_up(incoming.client)
    # Nobody is there to read it.
    return Response(status_code=500)


def _response(org: Org, answer: Answer, incoming: Incoming) -> Response:
    headers = {**answer.headers, "Sforce-Limit-Info": org.limits.header}
    if answer.body is None or incoming.method == "HEAD":
        return Response(status_code=answer.status, headers=headers)
    return _json_response(answer.status, answer.body, headers)


def _json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Response(text.encode(), status, dict(headers or {}), media_type=JSON)
