"""Parts of what agents get: what they may do, how far people are, what was made of a proposal."""

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class Told(Schema):
    """What goes out with nothing unknown in it."""

    model_config = ConfigDict(extra="forbid")


class WhyNotOut(Told):
    """Why something cannot be done: a stable code, and words that say what helps."""

    code: str
    text: str


class ViewerOut(Told):
    """What the caller may do with this proposal, asked of the operations themselves."""

    kind: Literal["agent"]
    may_withdraw: bool
    may_revise: bool
    may_decide: Literal[False]
    why: WhyNotOut


class StageProgressOut(Told):
    """One stage of the route that is frozen: how many approvals it has, and how many it needs."""

    stage: int
    role: str
    state: Literal["waiting", "open", "approved", "denied", "sent_back", "closed"]
    got: int
    need: int


class ProgressOut(Told):
    """How far people are. One denial ends it at any stage; a question sends it back."""

    behaviour: Literal["every_stage_in_order", "nobody_is_asked", "not_routed_yet"]
    got: int
    need: int
    stages: list[StageProgressOut]


class StandingViewerOut(Told):
    """What the caller may do at all."""

    kind: Literal["agent"]
    may_propose: bool
    may_decide: Literal[False]
    why: WhyNotOut


class LeftOutOut(Schema):
    """What was taken out of one change: some of its fields, or all of it."""

    position: int
    operation: str
    object_name: str
    record_id: str
    external_id: str
    fields: list[str]
    whole: bool


class EditedOut(Schema):
    """One value that a person put in the place of the proposed one."""

    position: int
    object_name: str
    record_id: str
    field: str
    proposed: Any
    approved: Any


class AlterationOut(Schema):
    """What whoever decides made of the proposal; positions are those of revision `from`."""

    revision: int
    by: str
    from_: int = Field(alias="from")
    # A reason code for what was left out (those of a denial), and the person's words.
    reason: dict[str, str]
    left_out: list[LeftOutOut]
    edited: list[EditedOut]
