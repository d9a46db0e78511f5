"""Signing lines off: one by one, or several that nobody flagged at once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from audit import ledger
from orchestrator.duties import revoking, separation, telling
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.states import (
    NEEDS_NO_WORDS,
    OFFERED,
    DutyKind,
    LineState,
    RoundState,
    Verdict,
)
from orchestrator.kernel.errors import DomainError, NotFound, ReasonNeeded
from orchestrator.people.models import User

MOST_AT_ONCE = 200
LONGEST_SAID = 2000


class RoundIsDone(DomainError):
    """Nothing is added to what somebody finished."""

    code, status, title = "round_is_done", 409, "This round is finished"


class NotWhatYouSaw(DomainError):
    """The line that would be signed is not the one that was on the screen."""

    code, status, title = "not_what_you_saw", 409, "Look again before you sign"


class NotOffered(DomainError):
    """This cannot be said of such a line."""

    code, status, title = "verdict_not_offered", 422, "Choose what to say"


@dataclass(slots=True)
class Kept:
    """How many lines were signed together, and why the others were not, by position."""

    signed: int = 0
    left: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def sign(
    *, line_id: int, person: User, verdict: str, said: str, seen: str, at: dt.datetime
) -> DutyLine:
    """
    Sign one line off; what is revoked is taken away now, or stays asked for until it is gone.

    :raises NotFound: if there is no such line
    :raises RoundIsDone: if its round is finished
    :raises NotAllowed: if it is not this person's to sign; OwnAccess if it is about themselves
    :raises NotWhatYouSaw: if another line was on the screen
    :raises NotOffered: if such a line takes no such verdict
    :raises ReasonNeeded: if the verdict needs words
    :raises IllegalMove: if it is signed already
    """
    line = _locked(line_id)
    refused = separation.check(line.round, [line], person, at=at)
    if line.pk in refused:
        raise separation.refusal(refused[line.pk])
    if seen != line.digest:
        raise NotWhatYouSaw("The line is not the one that was on your screen; look again.")
    words = said.strip()[:LONGEST_SAID]
    _check_verdict(line, verdict, words)
    if verdict == Verdict.REVOKE:
        _revoke(line, person, words, at)
    else:
        _move(line, LineState.SIGNED, person, at, verdict=verdict, said=words, trouble="")
        _record(line, person, at)
    _begin(line.round)
    return line


@transaction.atomic
def keep_many(*, round_id: int, seen: Mapping[int, str], person: User, at: dt.datetime) -> Kept:
    """
    Sign several lines as they stand; what is flagged, signed or one's own is left, and said so.

    :raises NotFound: if there is no such round
    :raises RoundIsDone: if it is finished
    :raises NotOffered: if none was chosen, or more than may be signed at once
    """
    if not 0 < len(seen) <= MOST_AT_ONCE:
        raise NotOffered(f"Choose between one and {MOST_AT_ONCE} lines.")
    about = locked_round(round_id)
    rows = DutyLine.objects.filter(round=about, pk__in=list(seen)).select_for_update()
    lines = list(rows.order_by("position"))
    refused, kept = separation.check(about, lines, person, at=at), Kept()
    fit = []
    for line in lines:
        why = refused.get(line.pk) or _why_not_together(line, seen[line.pk])
        if why:
            kept.left[line.position] = why
        else:
            fit.append(line)
    kept.signed = _keep(about, fit, person, at)
    if fit:
        _begin(about)
    return kept


@transaction.atomic
def carry_out(*, line_id: int, person: User, at: dt.datetime) -> DutyLine:
    """
    Take away what somebody revoked and could not take away themselves.

    :raises NotFound: if there is no such line
    :raises NotOffered: if nobody asked for it
    :raises RoundIsDone: if its round is finished
    """
    line = _locked(line_id)
    if line.state != LineState.REVOKE_ASKED:
        raise NotOffered("Nothing waits to be taken away here.")
    found = revoking.revoke(line, person=person, reason=line.said, at=at)
    if found.gone:
        line.move(LineState.SIGNED, gone_at=at, trouble="")
        _record(line, person, at)
    else:
        line.amend(trouble=found.trouble)
    return line


def locked_round(round_id: int) -> DutyRound:
    """
    Return a round that is not finished, locked, with what every operation needs of it.

    :raises NotFound: if there is none
    :raises RoundIsDone: if it is finished
    """
    rows = DutyRound.objects.select_for_update(of=("self",))
    about = (
        rows.select_related("duty__role", "duty__workflow", "assignee").filter(pk=round_id).first()
    )
    if about is None:
        raise NotFound("There is no such round.")
    if about.state == RoundState.DONE:
        raise RoundIsDone("Somebody finished this round; nothing is signed there any more.")
    return about


def _locked(line_id: int) -> DutyLine:
    round_id = DutyLine.objects.filter(pk=line_id).values_list("round", flat=True).first()
    about = locked_round(round_id or 0)
    line = DutyLine.objects.select_for_update().get(pk=line_id)
    line.round = about
    return line


def _check_verdict(line: DutyLine, verdict: str, said: str) -> None:
    offered = OFFERED[DutyKind(line.round.duty.kind)]
    if verdict not in offered:
        raise NotOffered(f"Choose one of {', '.join(offered)}.")
    if verdict not in NEEDS_NO_WORDS and not said:
        raise ReasonNeeded("Say why in a sentence: it stands in the ledger beside your name.")


def _revoke(line: DutyLine, person: User, said: str, at: dt.datetime) -> None:
    found = revoking.revoke(line, person=person, reason=said, at=at)
    if found.gone:
        signed = {"verdict": Verdict.REVOKE, "said": said, "gone_at": at, "trouble": ""}
        _move(line, LineState.SIGNED, person, at, **signed)
    else:
        _move(
            line,
            LineState.REVOKE_ASKED,
            person,
            at,
            verdict=Verdict.REVOKE,
            said=said,
            trouble=found.trouble,
            follow_up_by=revoking.whose_follow_up(line),
        )
        telling.tell_follow_up(line, at=at)
    _record(line, person, at)


def _move(line: DutyLine, to: str, person: User, at: dt.datetime, **fields: Any) -> None:
    line.move(to, signed_by=person, signed_at=at, **fields)


def _why_not_together(line: DutyLine, seen: str) -> str:
    if line.state != LineState.OPEN:
        return "somebody signed it meanwhile"
    if line.digest != seen:
        return "it is not what was on your screen"
    return "it is flagged: look at it alone" if line.flags else ""


def _keep(about: DutyRound, lines: list[DutyLine], person: User, at: dt.datetime) -> int:
    verdict = OFFERED[DutyKind(about.duty.kind)][0]
    rows = DutyLine.objects.filter(pk__in=[line.pk for line in lines], state=LineState.OPEN)
    signed = rows.update(state=LineState.SIGNED, verdict=verdict, signed_by=person, signed_at=at)
    for line in lines:
        line.round, line.verdict, line.state = about, verdict, LineState.SIGNED
    ledger.append(_entry(line, person, at, bulk=len(lines)) for line in lines)
    return signed


def _begin(about: DutyRound) -> None:
    if about.state == RoundState.OPEN:
        about.move(RoundState.IN_PROGRESS)


def _record(line: DutyLine, person: User, at: dt.datetime) -> None:
    ledger.append([_entry(line, person, at)])


def _entry(line: DutyLine, person: User, at: dt.datetime, *, bulk: int = 0) -> ledger.NewEntry:
    detail: dict[str, Any] = {
        "line": line.position,
        "title": line.title,
        "verdict": line.verdict,
        "state": line.state,
        "text": line.said,
        "digest": line.digest,
    }
    if line.state == LineState.REVOKE_ASKED:
        detail["trouble"] = line.trouble
        detail["follow_up"] = line.follow_up_by.username if line.follow_up_by else ""
    if bulk:
        detail["bulk"] = bulk
    about = telling.subject(line.round)
    return ledger.NewEntry(event="duty.line_signed", by=person.actor, at=at, detail=detail, **about)
