"""The first path: whoever is on call for the ops owners is paged about what the auditor found."""

import datetime as dt
from collections.abc import Sequence

from orchestrator.assurance.models import Finding
from orchestrator.assurance.states import FindingState
from orchestrator.paging import paging
from orchestrator.paging.subjects import PageSubject
from orchestrator.people.models import Role

ASSURANCE, SUBJECT = "assurance", "auditor"
OPS_OWNERS = "ops-owner"


def call(findings: Sequence[Finding], *, at: dt.datetime) -> None:
    """Page the ops owners' on-call, once for each alarm; without that role there is nobody."""
    role = Role.objects.filter(slug=OPS_OWNERS).first()
    if role is None:
        return
    count = len(findings)
    what = "something waits" if count == 1 else f"{count} things wait"
    subject = PageSubject(
        kind=ASSURANCE,
        id=SUBJECT,
        title=f"The auditor found that {what} without a next step",
        path="/assurance/",
    )
    why = "Nothing may wait unseen. Look at what was found and see to it by hand."
    paging.page(subject=subject, role=role, why=why, step=f"alarm {findings[0].alarm_id}", at=at)


def settle(*, at: dt.datetime) -> None:
    """End the page once nothing that was found stands any more."""
    if not Finding.objects.filter(state=FindingState.ALARMED).exists():
        paging.resolve(
            subject_kind=ASSURANCE,
            subject_ids=[SUBJECT],
            words="What the auditor found is in order again.",
            at=at,
        )
