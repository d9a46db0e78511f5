"""Which records go back together: what one commit wrote as a whole goes back as a whole. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from approvals.validation import MOST_CHANGES
from orchestrator.rollbacks.record_plans import RecordPlan


@dataclass(frozen=True, slots=True)
class Group:
    """Records that become one proposal: all of them go back, or none."""

    records: Sequence[RecordPlan]
    # Whether one call could not hold everything that belongs together.
    split: bool = False

    @property
    def commits(self) -> list[str]:
        """Return the commits that it takes back, or shares of which."""
        return list(dict.fromkeys(commit for record in self.records for commit in record.commits))


def groups_of(records: Sequence[RecordPlan], ticked: Collection[str]) -> list[Group]:
    """Return the records that change, in groups that belong together, in the order given."""
    changing = [record for record in records if record.restored(ticked)]
    leader = _leaders(changing)
    together: dict[str, list[RecordPlan]] = defaultdict(list)
    for record in changing:
        together[_first(leader, record.commits[0])].append(record)
    groups: list[Group] = []
    for members in together.values():
        if sum(record.weight for record in members) <= MOST_CHANGES:
            groups.append(Group(members))
        else:
            groups += [Group(some, split=True) for some in _split(members)]
    return groups


def _leaders(records: Sequence[RecordPlan]) -> dict[str, str]:
    """Join commits that share a record: each points at another of its group, or at itself."""
    leader: dict[str, str] = {}
    for record in records:
        for commit in record.commits:
            leader.setdefault(commit, commit)
            leader[_first(leader, commit)] = _first(leader, record.commits[0])
    return leader


def _first(leader: Mapping[str, str], commit: str) -> str:
    while leader[commit] != commit:
        commit = leader[commit]
    return commit


def _split(records: Sequence[RecordPlan]) -> list[list[RecordPlan]]:
    """Keep what the same last commit wrote together, as far as one call holds it."""
    by_commit: dict[str, list[RecordPlan]] = defaultdict(list)
    for record in records:
        by_commit[record.commits[0]].append(record)
    return [chunk for members in by_commit.values() for chunk in _chunks(members)]


def _chunks(records: Sequence[RecordPlan]) -> list[list[RecordPlan]]:
    chunks: list[list[RecordPlan]] = [[]]
    for record in records:
        if sum(each.weight for each in chunks[-1]) + record.weight > MOST_CHANGES:
            chunks.append([])
        chunks[-1].append(record)
    return chunks
