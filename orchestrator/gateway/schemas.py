"""What agents send and get, as the contract says: unknown fields refused, types strict."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from orchestrator.gateway.answer_schemas import (
    AlterationOut,
    ProgressOut,
    StandingViewerOut,
    ViewerOut,
)

# Text people will read: no NUL; everything else is kept, escaped and shown as it is.
NO_NUL = r"^[^\x00]*$"
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
ActionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
RecordId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
ProposalId = Annotated[str, StringConstraints(pattern=r"^prp_[0-9A-Z]{26}$")]
IdempotencyKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,200}$")]
ShortText = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
LongText = Annotated[str, StringConstraints(max_length=8000, pattern=NO_NUL)]
Href = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00<>\"']+$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^(sha256:)?[0-9a-f]{64}$")]
Pointer = Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[^\x00]*)?$")]
FieldText = Annotated[str, StringConstraints(max_length=32_000, pattern=NO_NUL)]
FieldValue = bool | int | float | FieldText | None
Values = Annotated[dict[Name, FieldValue], Field(max_length=200)]


class Strict(Schema):
    """What comes in: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReasonIn(Strict):
    """Why the change should be made: a code of the action, and words."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=NO_NUL)]


class EvidenceIn(Strict):
    """Something a person can look at to believe the reason."""

    kind: Literal["url", "salesforce", "quote", "file"]
    title: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL)]
    href: Href | None = None
    # Strict types would refuse a date and time written as text.
    captured_at: Annotated[dt.datetime, Field(strict=False)] | None = None
    sha256: Sha256 | None = None
    quote: LongText | None = None
    supports: Annotated[list[Pointer], Field(max_length=50)] = []


class ChangeIn(Strict):
    """One operation on one record."""

    op: Literal["update", "create", "delete"]
    object: Name
    id: RecordId | None = None
    external_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")] | None = None
    fields: Values = {}
    expect: Values | None = None
    depends_on: Annotated[list[Name], Field(max_length=50)] = []


class ContentIn(Strict):
    """The content of a proposal or of a revision of it."""

    title: ShortText | None = None
    reason: ReasonIn
    confidence: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    evidence: Annotated[list[EvidenceIn], Field(max_length=50)] = []
    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=25)]


class ProposalIn(ContentIn):
    """A proposal."""

    workflow: Slug
    action: ActionName
    # Seconds until the agent no longer needs an answer; may shorten the clock, never lengthen it.
    timeout: Annotated[int, Field(ge=60, le=30 * 24 * 3600)] | None = None
    run: ShortText | None = None


class RevisionIn(ContentIn):
    """A new revision of a proposal; `answer` answers the question that sent it back."""

    answer: LongText | None = None


class BatchItemIn(ProposalIn):
    """One proposal of a batch, with its own idempotency key."""

    idempotency_key: IdempotencyKey


class BatchIn(Strict):
    """Many proposals at once; each is taken or refused on its own."""

    proposals: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=500)]


class WithdrawIn(Strict):
    """Why the agent takes a proposal back."""

    reason: ShortText = ""


class RiskOut(Schema):
    """How much is at stake, and why."""

    level: str
    reasons: list[str]


class StageOut(Schema):
    """One stage of the route."""

    role: str
    quorum: str
    why: str


class RouteOut(Schema):
    """Who will be asked, in order; provisional until the records have been read."""

    outcome: str
    stages: list[StageOut]
    provisional: bool


class ProposalOut(Schema):
    """The answer to a submission."""

    id: str
    revision: int
    digest: str
    state: str
    deadline_at: dt.datetime
    risk: RiskOut
    route: RouteOut
    review_url: str


class StatusOut(ProposalOut):
    """A proposal as its agent sees it."""

    # Why the current revision exists: submitted, answered, corrected (perhaps by a person, once it
    # could not be written), record_moved, undone (an approval was taken back), or edited (whoever
    # decides left a part out or changed values; `alterations` say what).
    revision_cause: str
    closed: bool
    workflow: str
    version: int
    action: str
    title: str
    created_at: dt.datetime
    # Until when a question may be answered; `deadline_at` is then no later.
    answer_by: dt.datetime | None = None
    execute_by: dt.datetime | None
    # Why it stands where it stands: a code and a sentence (a denial's reason, a refusal's cause).
    outcome: dict[str, str] | None
    # What a person asks before deciding; answer with a revision.
    question: str | None
    reverted_by: str | None
    findings: list[dict[str, Any]]
    viewer: ViewerOut
    decision_progress: ProgressOut
    # What was left out may be proposed again, as a proposal of its own.
    alterations: list[AlterationOut]


class WholeOut(StatusOut):
    """One proposal with its current content, and the records that were written."""

    result: list[dict[str, Any]] | None
    content: dict[str, Any]


class ListOut(Schema):
    """A page of proposals; ask again with `after` = `next`."""

    proposals: list[StatusOut]
    next: str | None


class BatchItemOut(Schema):
    """What became of one proposal of a batch."""

    index: int
    status: int
    proposal: ProposalOut | None = None
    problem: dict[str, Any] | None = None


class BatchOut(Schema):
    """What became of each proposal of a batch, in the order sent."""

    results: list[BatchItemOut]


class PreflightOut(Schema):
    """What would happen: the verdict and what we read; nothing is stored."""

    outcome: str
    findings: list[dict[str, Any]]
    stages: list[StageOut]
    risk: RiskOut
    changes: list[dict[str, Any]]


class GrantOut(Schema):
    """One grant in force."""

    workflow: str
    object: str
    fields: list[str]
    operations: list[str]
    record_filter: str
    until: dt.datetime | None


class MeOut(Schema):
    """The agent: who it is, what it may propose, what is left, and whether it is paused."""

    id: str
    agent: str
    title: str
    environment: str
    state: str
    grants: list[GrantOut]
    workflows: list[dict[str, Any]]
    budgets: dict[str, Any]
    paused: bool
    halts: list[dict[str, Any]]
    viewer: StandingViewerOut


class WorkflowOut(Schema):
    """A workflow that the agent has grants in, with what its actions allow."""

    workflow: str
    title: str
    description: str
    mode: str
    actions: list[dict[str, Any]]


class RecordOut(Schema):
    """A record through our connector: the fields inside the agent's grants, nothing else."""

    object: str
    id: str
    label: str
    fields: dict[str, Any]
    last_modified_at: dt.datetime
    url: str


class ProblemOut(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    code: str
