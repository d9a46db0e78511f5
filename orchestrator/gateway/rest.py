"""The REST contract: `/api/v1`."""

import json
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import ValidationError as SchemaError

from approvals.states import ProposalState
from orchestrator.gateway import facade, schemas
from orchestrator.gateway.auth import AgentKey, Caller
from orchestrator.gateway.exact_json import ExactParser
from orchestrator.gateway.openapi import ContractApi
from orchestrator.gateway.problems import problem, problem_of
from orchestrator.gateway.schemas import ProblemOut, ProposalId, WholeOut
from orchestrator.kernel.errors import DomainError

PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 502, 503), ProblemOut)
Key = Annotated[schemas.IdempotencyKey, Header(alias="Idempotency-Key")]

api: NinjaAPI = ContractApi(
    title="Countersign",
    version=settings.VERSION,
    description="Agents propose changes; people decide. No route here decides anything.",
    urls_namespace="api",
    auth=AgentKey(),
    parser=ExactParser(),
    openapi_url="/openapi.json",
    docs_url="/docs",
)


def answer(body: Any, status: int = 200, **headers: str) -> HttpResponse:
    """Return JSON; the shapes are declared on the routes and checked by the contract tests."""
    # In one order: an answer that comes from the database again is the same text.
    return HttpResponse(
        json.dumps(body, sort_keys=True),
        status=status,
        content_type="application/json",
        headers=headers,
    )


@api.post(
    "/proposals",
    response={201: schemas.ProposalOut, 200: schemas.ProposalOut, **PROBLEMS},
    url_name="create_proposal",
)
def create_proposal(
    request: Caller, sent: schemas.ProposalIn, idempotency_key: Key
) -> HttpResponse:
    """Propose a change. The same key with the same body gives the first answer again (200)."""
    taken = facade.propose(
        agent=request.auth, sent=sent, idempotency_key=idempotency_key, at=request.at
    )
    return answer(taken.receipt, status=200 if taken.replay else 201)


@api.post("/proposals/batch", response={200: schemas.BatchOut, **PROBLEMS}, url_name="create_batch")
def create_batch(request: Caller, sent: schemas.BatchIn) -> HttpResponse:
    """Propose up to 500 changes; each is taken or refused on its own."""
    results = [_batch_item(request, index, item) for index, item in enumerate(sent.proposals)]
    return answer({"results": results})


@api.get("/proposals", response={200: schemas.ListOut, **PROBLEMS}, url_name="list_proposals")
def list_proposals(
    request: Caller,
    state: ProposalState | None = None,
    workflow: schemas.Slug | None = None,
    after: ProposalId | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HttpResponse:
    """List the agent's own proposals, oldest first; `next` continues the list."""
    return answer(
        facade.statuses(
            agent=request.auth,
            state=state or "",
            workflow=workflow or "",
            after=after or "",
            limit=limit,
        )
    )


@api.get("/proposals/{proposal_id}", response={200: WholeOut, **PROBLEMS}, url_name="get_proposal")
def get_proposal(
    request: Caller,
    proposal_id: ProposalId,
    wait: Annotated[int, Query(ge=0, le=60, description="Seconds to wait for news")] = 0,
) -> HttpResponse:
    """Return a proposal; with `wait`, as soon as its state changes or the time is over."""
    # The waiting itself happens in orchestrator.gateway.long_poll, in front of this.
    return answer(facade.status(agent=request.auth, proposal_id=proposal_id))


@api.delete(
    "/proposals/{proposal_id}", response={200: WholeOut, **PROBLEMS}, url_name="withdraw_proposal"
)
def withdraw_proposal(
    request: Caller, proposal_id: ProposalId, reason: schemas.ShortText = ""
) -> HttpResponse:
    """Take a proposal back, as long as nothing is being written."""
    body = facade.withdraw(
        agent=request.auth, proposal_id=proposal_id, reason=reason, at=request.at
    )
    return answer(body)


@api.post(
    "/proposals/{proposal_id}/revisions",
    response={201: WholeOut, **PROBLEMS},
    url_name="create_revision",
)
def create_revision(
    request: Caller, proposal_id: ProposalId, sent: schemas.RevisionIn
) -> HttpResponse:
    """Hand in a new revision: to answer a question, or to correct the proposal."""
    body = facade.revise(agent=request.auth, proposal_id=proposal_id, sent=sent, at=request.at)
    return answer(body, status=201)


@api.post("/preflight", response={200: schemas.PreflightOut, **PROBLEMS}, url_name="preflight")
def preflight(request: Caller, sent: schemas.ProposalIn) -> HttpResponse:
    """Say what would happen to a proposal; nothing is stored."""
    return answer(facade.preflight(agent=request.auth, sent=sent, at=request.at))


@api.get("/me", response={200: schemas.MeOut, **PROBLEMS}, url_name="me")
def me(request: Caller) -> HttpResponse:
    """Return who the agent is, what it may propose, what is left, and whether it is paused."""
    return answer(facade.me(agent=request.auth, at=request.at))


@api.get(
    "/workflows", response={200: list[schemas.WorkflowOut], **PROBLEMS}, url_name="list_workflows"
)
def list_workflows(request: Caller) -> HttpResponse:
    """List the workflows that the agent has grants in, with what their actions allow."""
    return answer(facade.workflows(agent=request.auth, at=request.at))


@api.get(
    "/records/{object_name}/{record_id}",
    response={200: schemas.RecordOut, **PROBLEMS},
    url_name="get_record",
)
def get_record(
    request: Caller, object_name: schemas.Name, record_id: schemas.RecordId
) -> HttpResponse:
    """Return a record through our connector: the fields of the agent's grants, nothing else."""
    body = facade.record(
        agent=request.auth, object_name=object_name, record_id=record_id, at=request.at
    )
    return answer(body)


def _batch_item(request: Caller, index: int, item: dict[str, Any]) -> dict[str, Any]:
    try:
        sent = schemas.BatchItemIn.model_validate(item)
        taken = facade.propose(
            agent=request.auth, sent=sent, idempotency_key=sent.idempotency_key, at=request.at
        )
    except SchemaError as error:
        refusal = _invalid(json.loads(error.json(include_url=False, include_input=False)))
    except DomainError as error:
        refusal = problem_of(error)
    else:
        status = 200 if taken.replay else 201
        return {"index": index, "status": status, "proposal": taken.receipt, "problem": None}
    body = json.loads(refusal.content)
    return {"index": index, "status": refusal.status_code, "proposal": None, "problem": body}


def _invalid(errors: list[dict[str, Any]]) -> HttpResponse:
    problems = [
        {
            "path": "/" + "/".join(str(part) for part in error["loc"][:20]),
            "code": error["type"],
            "text": error["msg"],
        }
        for error in errors[:20]
    ]
    first = problems[0]
    return problem(
        status=422,
        code="invalid_request",
        title="The request does not fit the contract",
        detail=f"{first['path']}: {first['text']}. /api/v1/openapi.json says what fits.",
        extra={"problems": problems},
    )


@api.exception_handler(DomainError)
def on_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal of the domain."""
    return problem_of(error)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that does not fit its schema."""
    return _invalid(error.errors)


@api.exception_handler(AuthenticationError)
def on_no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer a request without a key."""
    return problem(
        status=401,
        code="key_missing",
        title="No key",
        detail="Send the agent's key: Authorization: Bearer csn_…",
        headers={"WWW-Authenticate": "Bearer"},
    )


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework refuses by itself, and what it wrapped of ours."""
    if isinstance(error.__cause__, DomainError):
        return problem_of(error.__cause__)
    return problem(
        status=error.status_code, code="bad_request", title="Bad request", detail=error.message
    )
