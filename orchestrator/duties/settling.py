"""Closing lines whose subject was asked to go and is gone, whoever took it away."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.duties import presence, telling
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.states import LineState
from orchestrator.kernel.actors import system

CALENDAR = system("duties")
BATCH = 500


@transaction.atomic
def settle_gone(*, at: dt.datetime, about: DutyRound | None = None) -> int:
    """Sign the lines that were asked to be revoked and are gone; return how many."""
    rows = DutyLine.objects.filter(state=LineState.REVOKE_ASKED)
    if about is not None:
        rows = rows.filter(round=about)
    asked = rows.select_for_update(skip_locked=True, of=("self",))
    lines = list(asked.select_related("round__duty__workflow").order_by("pk")[:BATCH])
    gone = presence.gone(lines, at=at)
    settled = [line for line in lines if line.pk in gone]
    for line in settled:
        line.move(LineState.SIGNED, gone_at=at, trouble="")
    ledger.append(_entry(line, at) for line in settled)
    return len(settled)


def _entry(line: DutyLine, at: dt.datetime) -> ledger.NewEntry:
    detail = {
        "line": line.position,
        "title": line.title,
        "verdict": line.verdict,
        "state": line.state,
        "text": "It is gone.",
    }
    return ledger.NewEntry(
        event="duty.line_signed", by=CALENDAR, at=at, detail=detail, **telling.subject(line.round)
    )
