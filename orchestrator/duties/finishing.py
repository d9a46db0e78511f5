"""Finishing a round: every line signed, and a digest over what was said of each."""

import datetime as dt
from collections import Counter

from django.db import transaction

from audit import ledger
from orchestrator.duties import reminding, settling, telling
from orchestrator.duties.lines import digest_of_signed
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.permissions import check_carries
from orchestrator.duties.signing import locked_round
from orchestrator.duties.states import LineState, RoundState
from orchestrator.kernel.errors import DomainError
from orchestrator.notifications.sending import conclude
from orchestrator.people.models import User

LONGEST_SUMMARY = 2000


class LinesLeft(DomainError):
    """Something is not signed off yet."""

    code, status, title = "lines_left", 409, "Not every line is signed"


@transaction.atomic
def finish(*, round_id: int, summary: str, person: User, at: dt.datetime) -> DutyRound:
    """
    Finish a round of which every line is signed.

    :raises NotFound: if there is no such round
    :raises RoundIsDone: if somebody finished it
    :raises NotAllowed: if the person neither has it nor carries its role
    :raises LinesLeft: if a line is not signed, or asked to go and still there
    """
    about = locked_round(round_id)
    check_carries(person, about, at=at)
    settling.settle_gone(at=at, about=about)
    _check_all_signed(about)
    found = digest_of_round(about)
    about.move(
        RoundState.DONE,
        finished_at=at,
        finished_by=person,
        summary=summary.strip()[:LONGEST_SUMMARY],
        digest=found,
    )
    _record(about, person, at)
    reminding.cancel_steps(about, at=at)
    conclude(
        subject_kind=telling.SUBJECT,
        subject_id=str(about.pk),
        words=f"Finished by {person.display_name}.",
        at=at,
    )
    return about


def digest_of_round(about: DutyRound) -> str:
    """Return the digest over every line of a round with what was said, by whom and when."""
    rows = DutyLine.objects.filter(round=about).order_by("position")
    columns = rows.values_list(
        "position", "digest", "verdict", "said", "signed_by__username", "signed_at", "gone_at"
    )
    return digest_of_signed([_plain(value) for value in row] for row in columns)


def _plain(value: object) -> object:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def _check_all_signed(about: DutyRound) -> None:
    rows = DutyLine.objects.filter(round=about).exclude(state=LineState.SIGNED)
    left = Counter(rows.values_list("state", flat=True))
    if left[LineState.REVOKE_ASKED]:
        raise LinesLeft(
            f"{left[LineState.REVOKE_ASKED]} asked to be revoked and still there, "
            f"{left[LineState.OPEN]} not signed."
        )
    if left:
        raise LinesLeft(f"{left[LineState.OPEN]} lines are not signed yet.")


def _record(about: DutyRound, person: User, at: dt.datetime) -> None:
    verdicts = Counter(about.lines.values_list("verdict", flat=True))
    detail = {
        "kind": about.duty.kind,
        "period": about.period,
        "missed": about.missed,
        "lines": sum(verdicts.values()),
        "verdicts": dict(sorted(verdicts.items())),
        "digest": about.digest,
        "text": about.summary,
        "late": at > about.due_at,
    }
    ledger.record(
        event="duty.finished", by=person.actor, at=at, detail=detail, **telling.subject(about)
    )
