"""A record of the org to make the first proposal about, asked for once in a while."""

from django.core.cache import cache

from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for, examiner_for
from orchestrator.kernel.errors import DomainError
from orchestrator.onboarding.first_proposal import NO_RECORD, NOTHING_READ, Sample
from orchestrator.orgs.models import Org
from orchestrator.workflows.definition import Target

# The page waits for it, so it is asked for briefly, and seldom.
PATIENCE_SECONDS = 4.0
KEPT_SECONDS = 600
# Who cannot be reached is not asked again on every look at the page.
SILENT_SECONDS = 30


def sample_of(org: Org, target: Target | None) -> tuple[Sample, str]:
    """Return a record and what its fields are like, or nothing and why there is none."""
    if target is None:
        return NOTHING_READ, "This action updates no records, so there is none to name."
    key = f"first-steps:{org.pk}:{target.object}"
    kept = cache.get(key)
    if kept is not None:
        found: tuple[Sample, str] = kept
        return found
    found = _asked(org, target)
    known = found[0].record_id != NO_RECORD
    cache.set(key, found, KEPT_SECONDS if known else SILENT_SECONDS)
    return found


def _asked(org: Org, target: Target) -> tuple[Sample, str]:
    try:
        fields = connector_for(org).describe(target.object).fields
        wanted = [name for name in target.fields if name in fields]
        examiner = examiner_for(org, seconds=PATIENCE_SECONDS)
        row = examiner.newest_record(target.object, wanted)
    except (ConnectorError, DomainError) as error:
        return NOTHING_READ, f"The org was asked for a record, and said: {error.detail}"
    if row is None:
        return NOTHING_READ, f"The org has no record of {target.object} that our user may see."
    values = {name: row.get(name) for name in wanted}
    return Sample(str(row["Id"]), values, {name: fields[name] for name in wanted}), ""
