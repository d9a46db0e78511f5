"""Acting on a fault: the class decides, and the commits go where their class sends them."""

import datetime as dt
import random
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from orchestrator.commits import gates, transitions
from orchestrator.commits.batch import Batch, Item
from orchestrator.commits.retry import CONCERNS_THE_ORG, NextStep, Step, next_step
from orchestrator.connectors.base import Fault
from orchestrator.connectors.errors import ConnectorError, ErrorClass

# Jitter needs no secrecy, and a source of its own that nobody seeds.
_random = random.Random()  # noqa: S311 - spreads retries in time, nothing more


@transaction.atomic
def handle_call(
    batch: Batch, items: Sequence[Item], error: Fault | ConnectorError, *, at: dt.datetime
) -> None:
    """Move claimed commits on after a fault of a whole call, which the org's gate is told of."""
    tell_gate(batch, error, at=at)
    handle(items, error, claim=batch.claim, at=at, paused=not batch.gate.closed)


@transaction.atomic
def handle(
    items: Sequence[Item],
    error: Fault | ConnectorError,
    *,
    claim: str,
    at: dt.datetime,
    paused: bool = False,
) -> None:
    """Move claimed commits on after a fault that they share."""
    error_class, code, text = words_of(error)
    # One jitter for all: what goes back together stays together, and still fits in one call.
    jitter = _random.random()
    by_step: dict[NextStep, list[Item]] = {}
    for item in items:
        step = next_step(
            error_class=error_class,
            attempt=item.commit.failures + 1,
            attempts_allowed=int(settings.COUNTERSIGN["commit_attempts"]),
            jitter=jitter,
            repeated=item.commit.error_code == code,
            paused=paused,
        )
        by_step.setdefault(step, []).append(item)
    for step, group in by_step.items():
        act(group, step, error=(error_class.value, code, text), claim=claim, at=at)


def act(
    items: Sequence[Item],
    step: NextStep,
    *,
    error: tuple[str, str, str],
    claim: str,
    at: dt.datetime,
) -> None:
    """Do what a step says with claimed commits."""
    _, code, text = error
    if step.step == Step.FAIL:
        transitions.fail(items, claim=claim, error=error, at=at)
    elif step.step == Step.SETTLE:
        transitions.lose_sight(items, claim=claim, code=code, text=text, at=at)
    else:
        transitions.postpone(
            items,
            claim=claim,
            error=error,
            due_at=at + step.delay,
            counts=step.counts,
            at=at,
        )


def tell_gate(batch: Batch, error: Fault | ConnectorError, *, at: dt.datetime) -> None:
    """Tell the org's gate of a fault of a whole call, and take over what it is now."""
    error_class, code, text = words_of(error)
    batch.gate = gates.fault(org=batch.org, error_class=error_class, code=code, text=text, at=at)


def concerns_the_org(fault: Fault) -> bool:
    """Say whether a fault of one unit is really about the whole org."""
    return fault.error_class in CONCERNS_THE_ORG


def words_of(error: Fault | ConnectorError) -> tuple[ErrorClass, str, str]:
    """Return class, code and words of a fault of one unit or of a whole call."""
    if isinstance(error, Fault):
        return error.error_class, error.code, error.text
    return error.error_class, error.crm_code or error.code, error.detail
