"""Findings without what their reader may not see."""

from collections.abc import Iterable, Mapping

from approvals.visibility import Mask, Sight
from orchestrator.reconciliation.models import Finding


def mask_findings(findings: Iterable[Finding], sights: Mapping[int, Sight]) -> None:
    """Take out of findings, in memory, what their reader may not see."""
    for each in findings:
        mask_finding(each, sights[each.workflow_id])


def mask_finding(finding: Finding, sight: Sight) -> None:
    """Take out of a finding, in memory, what its reader may not see."""
    if sight.whole:
        return
    owner = finding.object_name
    finding.label = Mask(sight).label(owner, finding.label)
    for name in ("expected", "actual"):
        whole = Mask(sight).stored(getattr(finding, name), owner)
        setattr(finding, name, sight.value(owner, finding.field, whole))
