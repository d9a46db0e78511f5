"""Where a proposal stands, what happens next, and who has to do something about it. Pure."""

import datetime as dt
from dataclasses import dataclass

from approvals.states import ProposalState

S = ProposalState
# Until one of these has passed, the page looks again by itself.
MOVING = frozenset({S.RECEIVED, S.APPROVED, S.COMMITTING, S.OUTCOME_UNKNOWN})
FAILURES = "/failures/"
# Why the records are read again, where nothing went wrong with reading them.
ASKED_AGAIN = frozenset({"record_moved", "record_gone", "approval_undone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the outlook depends on."""

    state: str
    preparing: bool = False
    attempts: int = 0
    code: str = ""
    # The words of a person, an agent or the CRM: to be shown as plain text.
    text: str = ""
    role: str = ""
    mine: bool = False
    automatic: bool = False
    differs: bool = False
    next_at: dt.datetime | None = None
    # The proposal that took it back.
    reverted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One note on the page: where it stands, and what happens next."""

    tone: str
    icon: str
    title: str
    next_step: str
    # Quoted below: why, in the words of whoever decided or refused.
    quote: str = ""
    href: str = ""
    action: str = ""
    moving: bool = False
    # How often a page that waits looks again.
    every: str = "1s"


def outlook(situation: Situation) -> Outlook:
    """Return where the proposal stands and what happens next."""
    if situation.preparing and situation.state in (S.RECEIVED, S.IN_REVIEW):
        return _preparing(situation)
    return WORDS[ProposalState(situation.state)](situation)


def _preparing(at: Situation) -> Outlook:
    if at.attempts and at.code and at.code not in ASKED_AGAIN:
        return Outlook(
            tone="warn",
            icon="clock-pause",
            title="The records could not be read yet",
            next_step="We try again by ourselves. Nobody can decide before we have read them.",
            quote=at.text,
            moving=True,
            every="5s",
        )
    again = at.state == S.IN_REVIEW
    return Outlook(
        tone="info",
        icon="refresh",
        title="Its records are being read again" if again else "Being prepared",
        next_step="We read the records and judge the proposal. Then it can be decided.",
        quote=at.text if again else "",
        moving=True,
    )


def _in_review(at: Situation) -> Outlook:
    return Outlook(
        tone="info",
        icon="user-question",
        title="Waits for you" if at.mine else f"Waits for {at.role or 'people'}",
        next_step="If nobody decides in time, it expires and nothing is written.",
    )


def _sent_back(at: Situation) -> Outlook:
    return Outlook(
        tone="special",
        icon="message-circle-question",
        title="Sent back with a question",
        next_step="The answer comes as a new revision, which then waits here for a decision. "
        "Until then the time to decide stands still. Without an answer in time it expires.",
        quote=at.text,
    )


def _approved(at: Situation) -> Outlook:
    held = bool(at.text) and not at.automatic
    return Outlook(
        tone="warn" if held else "good",
        icon="clock-pause" if held else "check",
        title="Approved, and not written yet" if held else "Approved",
        next_step="We try again by ourselves, until its time to be written runs out."
        if held
        else "A worker writes it next. If the record has moved, it comes back to people.",
        quote=at.text if held else "",
        moving=True,
        every="5s" if held else "1s",
    )


def _committing(_: Situation) -> Outlook:
    return Outlook(
        tone="info",
        icon="refresh",
        title="Being written",
        next_step="A worker compares the record with what was approved, writes it, and reads it "
        "back.",
        moving=True,
    )


def _committed(at: Situation) -> Outlook:
    return Outlook(
        tone="warn" if at.differs else "good",
        icon="alert-triangle" if at.differs else "checks",
        title="Written, but it reads back differently" if at.differs else "Written and read back",
        next_step="The CRM changed what we wrote, by a rule of its own. Compare below, and correct "
        "the record there if it is wrong."
        if at.differs
        else "Nothing is left to do. The old values are kept for a way back.",
    )


def _failed(at: Situation) -> Outlook:
    return Outlook(
        tone="bad",
        icon="alert-octagon",
        title="It could not be written",
        next_step="Nothing was written. A person requeues it, corrects it, or discards it.",
        quote=at.text,
        href=FAILURES,
        action="Open failures",
    )


def _unknown(at: Situation) -> Outlook:
    return Outlook(
        tone="warn",
        icon="zoom-question",
        title="Nobody knows yet whether it was written",
        next_step="We read the record back to find out, and never write blindly a second time.",
        quote=at.text,
        href=FAILURES,
        action="Open failures",
        moving=True,
        every="5s",
    )


def _observed(_: Situation) -> Outlook:
    return Outlook(
        tone="quiet",
        icon="telescope",
        title="Recorded only",
        next_step="The workflow observes: nobody is asked and nothing is written.",
    )


def _refused(at: Situation) -> Outlook:
    return Outlook(
        tone="bad",
        icon="ban",
        title="Policy does not allow it",
        next_step="Nothing is written. The agent was told why and may propose something else.",
        quote=at.text,
    )


def _denied(at: Situation) -> Outlook:
    return Outlook(
        tone="bad",
        icon="circle-x",
        title="Denied",
        next_step="Nothing is written. The agent was told the reason.",
        quote=at.text,
    )


def _expired(at: Situation) -> Outlook:
    return Outlook(
        tone="quiet",
        icon="hourglass",
        title="Expired",
        next_step="Nothing is written. If it still matters, it has to be proposed again.",
        quote=at.text,
    )


def _withdrawn(at: Situation) -> Outlook:
    return Outlook(
        tone="quiet",
        icon="arrow-back-up",
        title="Withdrawn",
        next_step="Its requester took it back. Nothing is written.",
        quote=at.text,
    )


def _discarded(at: Situation) -> Outlook:
    return Outlook(
        tone="quiet",
        icon="trash-x",
        title="Discarded",
        next_step="A person gave up the failed write. Nothing is left to do.",
        quote=at.text,
    )


def _reverted(at: Situation) -> Outlook:
    return Outlook(
        tone="special",
        icon="history",
        title="Taken back",
        next_step="It was written, and the commit of a rollback brought the old values back.",
        quote=at.text,
        href=f"/proposals/{at.reverted_by}/" if at.reverted_by else "",
        action="Open what took it back",
    )


WORDS = {
    S.RECEIVED: _preparing,
    S.IN_REVIEW: _in_review,
    S.REVISION_REQUESTED: _sent_back,
    S.APPROVED: _approved,
    S.COMMITTING: _committing,
    S.COMMITTED: _committed,
    S.FAILED: _failed,
    S.OUTCOME_UNKNOWN: _unknown,
    S.OBSERVED: _observed,
    S.REFUSED: _refused,
    S.DENIED: _denied,
    S.EXPIRED: _expired,
    S.WITHDRAWN: _withdrawn,
    S.DISCARDED: _discarded,
    S.REVERTED: _reverted,
}
