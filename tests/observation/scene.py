"""What the tests of observation share: a proposal in observe mode, and looks at its record."""

import datetime as dt
from typing import Any

from approvals.content import DraftChange
from approvals.models import Proposal
from orchestrator.connectors.base import RecordKey
from orchestrator.observation import enrolment, looking
from orchestrator.observation.models import Observation
from tests.commits.scene import opportunity
from tests.factories import AT, create_draft, create_proposal, create_workflow
from tests.fake_connector import FakeCrm

DAY = dt.timedelta(days=1)
END = AT + 7 * DAY


def observed(*changes: DraftChange, action: str = "change_stage", **fields: Any) -> Proposal:
    """Return a proposal that was only observed; by default it changes the first opportunity."""
    create_workflow(mode="observe")
    draft = create_draft(action=action, changes=changes or None, fields=fields or None)
    return create_proposal(state="observed", draft=draft)


def deal(crm: FakeCrm, **values: Any) -> RecordKey:
    """Put the opportunity that proposals are about into the CRM."""
    return opportunity(crm, 1, **values)


def look(at: dt.datetime) -> Observation:
    """Do what the sweep does, and return the only observation."""
    enrolment.enrol(at=at)
    looking.look_due(at=at)
    return Observation.objects.get()


def results(observation: Observation) -> dict[str, str]:
    """Return the result of each field."""
    return {line["field"]: line["result"] for line in observation.fields}
