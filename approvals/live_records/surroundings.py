"""What the page shows around the changes, as far as the CRM answers: for one reader."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from approvals.detail import Detail
from approvals.diff import Setting
from approvals.evidence import Exhibit, exhibits, supporting
from approvals.live_records.drift import Values, drift
from approvals.live_records.looking import Answer, Look, look
from approvals.live_records.telling import LIVE, LiveLine, Mover, live_line
from approvals.live_records.wording import legend_of, names_of
from approvals.masking import Mask
from approvals.models import Change
from orchestrator.connectors.base import RecordKey
from orchestrator.workflows.queries import definition_of

NOTHING = Look(answer=Answer.NOTHING)


@dataclass(frozen=True, slots=True)
class Exhibited:
    """Evidence that is a record of the CRM, with what the record is called now."""

    exhibit: Exhibit
    object_name: str
    name: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a proposal's changes."""

    setting: Setting
    line: LiveLine | None
    exhibited: Sequence[Exhibited]


def surroundings(found: Detail, *, at: dt.datetime) -> Surroundings:
    """Return what the CRM says around a proposal, without what its reader may not see."""
    proposal, mask = found.proposal, found.mask
    org = proposal.workflow.org
    # What is compared is what was read; what the reader sees of it comes after.
    changes = _unmasked(found)
    seen = look(org=org, changes=changes, at=at) if proposal.state in LIVE else NOTHING
    now = {position: record.values for position, record in seen.records.items()}
    moved = _visible(drift(changes, now), changes, mask)
    legend = legend_of(org=org, changes=changes, seen=seen, mask=mask)
    setting = Setting(
        kinds=proposal.headline.get("kinds", {}),
        legend=legend,
        exhibits=supporting(found.revision.content),
        drift=moved,
    )
    line = live_line(
        seen, moved, state=str(proposal.state), movers=_movers(seen, moved, legend.names)
    )
    silent = seen.answer == Answer.SILENT
    return Surroundings(setting, line, () if silent else _exhibited(found))


def _unmasked(found: Detail) -> list[Change]:
    if found.mask.clear:
        return list(found.changes)
    return list(Change.objects.filter(revision=found.revision).order_by("position"))


def _visible(
    moved: Mapping[int, Values | None], changes: Sequence[Change], mask: Mask
) -> dict[int, Values | None]:
    """Leave out of what moved the fields that the reader may not see: not even that they did."""
    objects = {change.position: change.object_name for change in changes}
    shown: dict[int, Values | None] = {}
    for position, values in moved.items():
        if values is None:
            shown[position] = None
            continue
        seen = {
            name: value for name, value in values.items() if not mask.hides(objects[position], name)
        }
        if seen:
            shown[position] = seen
    return shown


def _movers(
    seen: Look, moved: Mapping[int, Values | None], names: Mapping[str, str]
) -> list[Mover]:
    found = []
    for position in moved:
        record = seen.records[position]
        if record.modified_at is not None:
            found.append(Mover(names.get(record.modified_by, ""), record.modified_at))
    return found


def _exhibited(found: Detail) -> list[Exhibited]:
    """Return the evidence that points at records of objects that this very workflow handles."""
    proposal = found.proposal
    shown = exhibits(found.revision.content, crm=proposal.workflow.org.base_url)
    handled = {
        target.object
        for action in definition_of(proposal.version_id).actions.values()
        for target in action.targets
    }
    pointing = [
        (each, each.record)
        for each in shown
        if each.record is not None and each.record.object_name in handled
    ]
    if not pointing:
        return []
    records = list(dict.fromkeys(record for _, record in pointing))
    names = names_of(org=proposal.workflow.org, records=records)
    return [_exhibit(each, record, names, found.mask) for each, record in pointing]


def _exhibit(
    exhibit: Exhibit, record: RecordKey, names: Mapping[str, str], mask: Mask
) -> Exhibited:
    name = mask.label(record.object_name, names.get(record.record_id, ""))
    return Exhibited(exhibit, record.object_name, name)
