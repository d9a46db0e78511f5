"""What became of a proposal while somebody looked at it, in a few words; pure."""

import datetime as dt
from dataclasses import dataclass

from approvals.states import APPROVED_ONCE, ProposalState, Vote

JUST_NOW = dt.timedelta(minutes=2)
S = ProposalState
VOTED = {Vote.APPROVE: "approved", Vote.DENY: "denied", Vote.SEND_BACK: "sent back"}
# What happens to it without somebody's vote being the last word.
ENDED = {
    S.WITHDRAWN: "withdrawn",
    S.EXPIRED: "expired: nobody decided in time",
    S.REFUSED: "refused by policy",
    S.DISCARDED: "given up",
    S.REVERTED: "written, and taken back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastVote:
    """The newest vote on a proposal."""

    person: str
    name: str
    vote: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a proposal that somebody has on their screen."""

    state: str
    # Whether its records are being read, so that nobody can decide.
    preparing: bool
    last: LastVote | None


def words(standing: Standing, *, reader: str, at: dt.datetime) -> str:
    """Say what became of it, beginning with a capital."""
    said = _said(standing, reader, at)
    return said[:1].upper() + said[1:]


def _said(standing: Standing, reader: str, at: dt.datetime) -> str:
    state, last = ProposalState(standing.state), standing.last
    if state in ENDED:
        return ENDED[state]
    if state == S.IN_REVIEW and standing.preparing:
        return "its records are being read again"
    if state in APPROVED_ONCE and (last is None or last.vote != Vote.APPROVE):
        return "approved"
    if last is None:
        return "not with you any more"
    if state == S.IN_REVIEW and last.person != reader:
        return f"{_voted(last, reader, at)}, and waits for others"
    return _voted(last, reader, at)


def _voted(last: LastVote, reader: str, at: dt.datetime) -> str:
    who = "you" if last.person == reader else last.name
    when = "just now" if at - last.at < JUST_NOW else f"at {last.at:%H:%M} UTC"
    return f"{VOTED[Vote(last.vote)]} by {who} {when}"
