"""Rounds as duties that change hands when somebody leaves."""

import datetime as dt

from django.db import transaction

from audit import ledger
from orchestrator.duties import revoking, separation, telling
from orchestrator.duties.arranging import CannotTake, takers
from orchestrator.duties.contents import title_of
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.opening import least_busy
from orchestrator.duties.signing import locked_round
from orchestrator.duties.states import LineState, RoundState
from orchestrator.people.carried import Item
from orchestrator.people.models import User


class RoundDuties:
    """Rounds that somebody has and did not finish."""

    kind, title = "duty", "Duties that came round"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the rounds that the person has."""
        rows = DutyRound.objects.filter(assignee=person).exclude(state=RoundState.DONE)
        return [
            Item(
                kind=self.kind,
                key=str(row.pk),
                title=f"{title_of(row.duty)} ({row.period})",
                path=telling.path_of(row),
            )
            for row in rows.select_related("duty__workflow")
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Give the round to the other one.

        :raises CannotTake: if the other one does not carry its role
        """
        about = locked_round(int(key))
        if not takers(about, at=at).filter(pk=to.pk).exists():
            raise CannotTake(f"{to.display_name} does not carry {about.duty.role.title}.")
        self._give(about, person, to, by, reason, at)

    @transaction.atomic
    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """Give the round to whoever of its role has the fewest; nobody if there is nobody."""
        about = locked_round(int(key))
        to = least_busy(about.duty.role, at=at, but=person)
        self._give(about, person, to, by, reason, at)

    def _give(
        self,
        about: DutyRound,
        person: User,
        to: User | None,
        by: User,
        reason: str,
        at: dt.datetime,
    ) -> None:
        about.amend(assignee=to)
        detail = {
            "to": to.username if to else "",
            "text": reason.strip(),
            "previous": person.username,
        }
        ledger.record(
            event="duty.handed_on", by=by.actor, at=at, detail=detail, **telling.subject(about)
        )
        telling.tell_handed_on(about, by=by, at=at)


class FollowUpDuties:
    """What somebody of staff still has to take away, because whoever revoked it could not."""

    kind, title = "follow-up", "To be taken away"

    def items(self, person: User, *, at: dt.datetime) -> list[Item]:
        """Return the lines that wait for the person."""
        rows = DutyLine.objects.filter(follow_up_by=person, state=LineState.REVOKE_ASKED)
        return [
            Item(
                kind=self.kind,
                key=str(row.pk),
                title=row.title,
                path=f"{telling.path_of(row.round)}#line-{row.pk}",
            )
            for row in rows.select_related("round").order_by("signed_at", "pk")
        ]

    @transaction.atomic
    def hand_over(
        self, key: str, *, person: User, to: User, by: User, reason: str, at: dt.datetime
    ) -> None:
        """
        Let the other one take it away.

        :raises CannotTake: if the other one is not of staff, or it is about them
        """
        line = _asked(key)
        if not to.is_staff or to.username in separation.barred([line])[line.pk]:
            raise CannotTake(f"{to.display_name} is not of staff, or it is about them.")
        _follow(line, person, to, by, reason, at)

    @transaction.atomic
    def drop(self, key: str, *, person: User, by: User, reason: str, at: dt.datetime) -> None:
        """Give it to whoever else of staff has the fewest."""
        line = _asked(key)
        _follow(line, person, revoking.whose_follow_up(line, but=person), by, reason, at)


def _asked(key: str) -> DutyLine:
    """
    Return the line, locked after its round as for signing.

    :raises CannotTake: if it is not waiting any more
    """
    found = DutyLine.objects.filter(pk=int(key)).values_list("round", flat=True).first()
    about = locked_round(found or 0)
    rows = DutyLine.objects.select_for_update(of=("self",)).filter(state=LineState.REVOKE_ASKED)
    line = rows.filter(pk=int(key)).first()
    if line is None:
        raise CannotTake("It was settled in the meantime.")
    line.round = about
    return line


def _follow(
    line: DutyLine, person: User, to: User | None, by: User, reason: str, at: dt.datetime
) -> None:
    line.amend(follow_up_by=to)
    detail = {
        "to": to.username if to else "",
        "text": f"{line.title}: {reason.strip()}",
        "previous": person.username,
    }
    subject = telling.subject(line.round)
    ledger.record(event="duty.handed_on", by=by.actor, at=at, detail=detail, **subject)
    telling.tell_follow_up(line, at=at)
