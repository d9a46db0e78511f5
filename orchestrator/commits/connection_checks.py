"""Testing a connection: a fresh look that a person waits for, kept in the ledger."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from audit import ledger
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.examination import Examination, Finding, failed
from orchestrator.connectors.registry import examiner_for
from orchestrator.kernel.actors import Actor
from orchestrator.orgs.models import Org
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

# A person looks at the button meanwhile.
PATIENCE_SECONDS = 15.0
OBJECTS_DESCRIBED = 4
ANY_OBJECT = "Account"
EVENT = "org.tested"


def examine_org(*, org: Org, by: Actor, at: dt.datetime) -> Examination:
    """
    Sign in to an org now, read its allowance, describe what the workflows write; keep the result.

    What the org refuses is a finding, not an error.
    """
    found = _look(org, at)
    usage = found.usage
    with transaction.atomic():
        ledger.record(
            event=EVENT,
            by=by,
            at=at,
            subject_kind="org",
            subject_id=org.slug,
            detail={
                "outcome": str(found.finding),
                "steps": [asdict(step) | {"finding": str(step.finding)} for step in found.steps],
                **({"used": usage.used, "allowed": usage.allowed} if usage else {}),
            },
        )
    return found


def objects_written(org: Org) -> list[str]:
    """Return the objects that the workflows of an org may write, a few of them."""
    in_use = Workflow.objects.filter(org=org, current_version__isnull=False)
    names: dict[str, None] = {}
    for version_id in in_use.order_by("pk").values_list("current_version_id", flat=True)[:20]:
        for action in definition_of(version_id).actions.values():
            names |= dict.fromkeys(target.object for target in action.targets)
    return list(names)[:OBJECTS_DESCRIBED]


def worst_words(steps: Sequence[dict[str, str]]) -> str:
    """Return what the worst step of a kept result says."""
    for wanted in (Finding.FAILED, Finding.WARNED):
        for step in steps:
            if step["finding"] == wanted:
                return f"{step['title']}: {step['words']}"
    return "It signs in, and answers."


def _look(org: Org, at: dt.datetime) -> Examination:
    objects = objects_written(org) or [ANY_OBJECT]
    try:
        return examiner_for(org, seconds=PATIENCE_SECONDS).examine(objects, at=at)
    except ConnectorError as error:
        return Examination([failed("Connection", error)])
