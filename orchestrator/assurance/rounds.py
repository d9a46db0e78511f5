"""One round of the auditor: look, restart what can be restarted, raise the alarm for the rest."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from functools import partial

from django.db import transaction

from orchestrator.assurance import alarms, calling, heartbeat
from orchestrator.assurance.checks.irregular import Check, Irregularity
from orchestrator.assurance.checks.register import CHECKS
from orchestrator.assurance.models import Finding, Look
from orchestrator.assurance.states import FindingState as F
from orchestrator.commits import pulses
from orchestrator.kernel import faultpoints

logger = logging.getLogger(__name__)
AUDITOR = "auditor"
# What was restarted once and is at a loss again within this time is not restarted again.
ONCE_IN = dt.timedelta(days=7)
KEPT = dt.timedelta(days=7)


def run(*, at_clock: Callable[[], dt.datetime], checks: Sequence[Check] = CHECKS) -> Look:
    """
    Ask every check, deal with what they find, send alarms and the heartbeat, and note the look.

    Safe to run twice, and side by side: a finding is stored once, and restarted by who moves it.
    """
    at = at_clock()
    counts = {check.name: _ask(check, at) for check in checks}
    _alarm(at)
    alarms.send_due(at=at_clock())
    well = not Finding.objects.filter(state=F.ALARMED, vital=True).exists()
    told = heartbeat.beat(well=well and None not in counts.values())
    finished = at_clock()
    pulses.beat(part=AUDITOR, at=finished)
    return Look.objects.create(
        at=at,
        milliseconds=max(round((finished - at).total_seconds() * 1000), 0),
        counts=counts,
        heartbeat=told,
    )


def forget(*, at: dt.datetime) -> int:
    """Delete the looks, and the findings long cleared, that nobody will ask about any more."""
    old = at - KEPT
    looks, _ = Look.objects.filter(at__lt=old).delete()
    Finding.objects.filter(state=F.CLEARED, cleared_at__lt=old - ONCE_IN, alarm=None).delete()
    return looks


def _ask(check: Check, at: dt.datetime) -> int | None:
    """Return how many findings of a check stand; None if it could not look: that is one too."""
    try:
        with transaction.atomic():
            found = list(check.look(at))
    except Exception:
        # Whatever breaks one question must not keep the others from being asked.
        logger.exception("The auditor could not look: %s", check.name)
        _keep(check, [Irregularity("check", check.name, "The auditor could not look here.")], at)
        return None
    _keep(check, found, at)
    _clear(check, found, at)
    return len(found)


def _keep(check: Check, found: Sequence[Irregularity], at: dt.datetime) -> None:
    """Store what is new, and take what was there already one step further."""
    known = {
        (each.subject_kind, each.subject_id): each
        for each in Finding.objects.filter(check_name=check.name).exclude(state=F.CLEARED)
    }
    for each in found:
        finding = known.get((each.subject_kind, each.subject_id))
        if finding is None:
            _begin(check, each, at)
        else:
            Finding.objects.filter(pk=finding.pk).update(last_seen_at=at, words=each.words[:300])


def _begin(check: Check, each: Irregularity, at: dt.datetime) -> None:
    """Store a finding; restart its subject if that may help and was not tried before."""
    finding, new = Finding.objects.get_or_create(
        check_name=check.name,
        subject_kind=each.subject_kind,
        subject_id=each.subject_id,
        state=F.SEEN,
        defaults={
            "words": each.words[:300],
            "path": each.path,
            "vital": check.vital,
            "seen_at": at,
            "last_seen_at": at,
        },
    )
    if new and check.restart is not None and not _restarted_lately(finding, at):
        _restart(check.restart, finding, at)


def _restart(
    restart: Callable[[str, dt.datetime], bool], finding: Finding, at: dt.datetime
) -> None:
    """Arm the next step and note it in one transaction: a crash leaves both or neither."""
    try:
        with transaction.atomic():
            if not restart(finding.subject_id, at):
                return
            faultpoints.reach("auditor.restarted")
            finding.move(F.RESTARTED, restarted_at=at)
    except Exception:
        logger.exception("The auditor could not restart %s", finding.subject_id)


def _restarted_lately(finding: Finding, at: dt.datetime) -> bool:
    return Finding.objects.filter(
        check_name=finding.check_name,
        subject_kind=finding.subject_kind,
        subject_id=finding.subject_id,
        restarted_at__gte=at - ONCE_IN,
    ).exists()


def _clear(check: Check, found: Sequence[Irregularity], at: dt.datetime) -> None:
    seen = {(each.subject_kind, each.subject_id) for each in found}
    open_findings = Finding.objects.filter(check_name=check.name).exclude(state=F.CLEARED)
    gone = [each.pk for each in open_findings if (each.subject_kind, each.subject_id) not in seen]
    cleared = Finding.objects.filter(pk__in=gone).exclude(state=F.CLEARED)
    cleared.update(state=F.CLEARED, cleared_at=at)
    _try_first_path(partial(calling.settle, at=at))


@transaction.atomic
def _alarm(at: dt.datetime) -> None:
    """Raise one alarm for everything that an earlier look saw and this one still does."""
    rows = Finding.objects.filter(state__in=[F.SEEN, F.RESTARTED], seen_at__lt=at, last_seen_at=at)
    findings = list(rows.order_by("seen_at").select_for_update(skip_locked=True))
    if not findings:
        return
    alarm = alarms.raise_alarm(findings, at=at)
    for finding in findings:
        finding.move(F.ALARMED, alarmed_at=at, alarm=alarm)
    _try_first_path(partial(calling.call, findings, at=at))


def _try_first_path(act: Callable[[], None]) -> None:
    """Page, or end a page; if just that is broken, the second path is taken all the same."""
    try:
        with transaction.atomic():
            act()
    except Exception:
        logger.exception("The auditor could not page anybody")
