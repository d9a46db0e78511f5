"""Looking at what people did: all that is due in an org in few calls, once a day and at the end."""

import datetime as dt
import logging
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import OperationalError, transaction

from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.observation.agreement import overall
from orchestrator.observation.enrolment import BETWEEN_LOOKS
from orchestrator.observation.models import Observation
from orchestrator.observation.scoring import lines_after
from orchestrator.observation.sight import look
from orchestrator.observation.states import ObservationState, Result
from orchestrator.orgs.models import Org

logger = logging.getLogger(__name__)
BATCH = 2000
LEASE = dt.timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(hours=1)
S = ObservationState


def look_due(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Look at the records of the observations that are due; return how many were taken up."""
    claimed = _claim(limit, at)
    for _, group in groupby(claimed, key=lambda each: each.org_id):
        together = list(group)
        _look(together[0].org, together, at)
    return len(claimed)


@transaction.atomic
def _claim(limit: int, at: dt.datetime) -> list[Observation]:
    """Push the due time forward, so that no lock is held while the CRM is read."""
    lease = at + LEASE
    rows = Observation.objects.filter(state=S.WATCHING, due_at__lte=at).order_by("due_at")
    mine = rows.select_for_update(skip_locked=True, of=("self",)).select_related("org")
    found = list(mine[:limit])
    Observation.objects.filter(pk__in=[each.pk for each in found]).update(due_at=lease)
    for each in found:
        each.due_at = lease
    return sorted(found, key=lambda each: each.org_id)


def _look(org: Org, observations: Sequence[Observation], at: dt.datetime) -> None:
    try:
        sight = look(connector_for(org), observations, at=at)
        seen = [(each, lines_after(each, sight, at=at)) for each in observations]
    except OperationalError:
        raise
    except ConnectorError as trouble:
        logger.warning("org %s could not be looked at: %s", org.slug, trouble.code)
        _put_off(observations, at)
    except Exception:
        logger.exception("org %s could not be looked at", org.slug)
        _put_off(observations, at)
    else:
        _store(seen, at)


@transaction.atomic
def _store(seen: Sequence[tuple[Observation, list[dict[str, Any]]]], at: dt.datetime) -> None:
    for observation, lines in seen:
        looked = {"fields": lines, "looks": observation.looks + 1, "looked_at": at, "attempts": 0}
        if observation.ends_at <= at:
            observation.check_move(S.SCORED)
            result = overall([Result(line["result"]) for line in lines])
            _keep(observation, **looked, state=S.SCORED, result=result, scored_at=at)
        else:
            _keep(observation, **looked, due_at=min(at + BETWEEN_LOOKS, observation.ends_at))


@transaction.atomic
def _put_off(observations: Sequence[Observation], at: dt.datetime) -> None:
    for each in observations:
        wait = min(FIRST_WAIT * 2 ** min(each.attempts, 10), LONGEST_WAIT)
        _keep(each, due_at=at + wait, attempts=each.attempts + 1)


def _keep(observation: Observation, **fields: object) -> None:
    """Set fields of an observation if it is still ours; whoever took it over has looked again."""
    rows = Observation.objects.filter(
        pk=observation.pk, state=S.WATCHING, due_at=observation.due_at
    )
    rows.update(**fields)
