"""Finishing what is written: read it back, say what differs, keep how to undo it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from approvals import outcomes
from approvals.models import Decision
from approvals.states import Vote
from audit import ledger
from orchestrator.commits import holds, reversals
from orchestrator.commits.aftermath import left_by_us
from orchestrator.commits.batch import Item, fields_to_read, snapshot_json
from orchestrator.commits.chronicle import before_of, entries, written_records
from orchestrator.commits.inverse import Image, inverse_of
from orchestrator.commits.moves import UNCLAIMED, move_rows
from orchestrator.commits.states import CommitState
from orchestrator.connectors.base import Connector, RecordKey, Snapshot
from orchestrator.kernel import faultpoints


def finish(connector: Connector, items: Sequence[Item], *, claim: str, at: dt.datetime) -> set[str]:
    """
    Close commits that are written, and return their ids; a crash leaves them to the sweep.

    :raises ConnectorError: if they cannot be read back now; they stay `written` until they can
    """
    if not items:
        return set()
    images = _read_back(connector, items)
    faultpoints.reach("after_reading_back")
    done = close(items, images, claim=claim, at=at)
    faultpoints.reach("after_closing")
    return done


def close(
    items: Sequence[Item], images: Mapping[str, list[Image]], *, claim: str, at: dt.datetime
) -> set[str]:
    """Close commits that are written, with the images of their records; return their ids."""
    approvers = _approvers(items)
    with transaction.atomic():
        done = _close(items, images, claim, at)
        outcomes.mark_committed(proposal_ids=[item.proposal.pk for item in done], at=at)
        taken_back = reversals.complete(done, at=at)
        ledger.append(
            entry
            for item in done
            for entry in entries(
                item,
                images[item.id],
                approvers[item.revision.pk],
                at,
                taken_back=taken_back.get(item.id, ()),
            )
        )
        holds.release([item.id for item in done])
        faultpoints.reach("inside_closing")
    return {item.id for item in done}


def _read_back(connector: Connector, items: Sequence[Item]) -> dict[str, list[Image]]:
    """Read every record of the commits as it is now, all of them in one go."""
    wanted: dict[RecordKey, set[str]] = defaultdict(set)
    for item in items:
        for key, change in written_records(item):
            wanted[key].update(fields_to_read(change))
    found = connector.read({key: sorted(names) for key, names in wanted.items()})
    return {
        item.id: [_image(connector, found[key]) for key, _ in written_records(item)]
        for item in items
    }


def _image(connector: Connector, snapshot: Snapshot | None) -> Image:
    image = snapshot_json(snapshot)
    if image is not None and snapshot is not None:
        image["by_us"] = snapshot.modified_by == connector.writer_id
    return image


def _close(
    items: Sequence[Item], images: Mapping[str, list[Image]], claim: str, at: dt.datetime
) -> list[Item]:
    rows = [
        {
            "id": item.id,
            **UNCLAIMED,
            "finished_at": at,
            "after": images[item.id],
            "inverse": inverse_of(item.changes, before_of(item), _left(item, images[item.id])),
            "error_class": "",
            "error_code": "",
            "error_text": "",
        }
        for item in items
    ]
    moved = move_rows(rows, left=CommitState.WRITTEN, to=CommitState.DONE, claim=claim)
    return [item for item in items if item.id in moved]


def _left(item: Item, images: Sequence[Image]) -> list[Image]:
    pairs = zip(item.changes, images, strict=True)
    return [left_by_us(change, image) for change, image in pairs]


def _approvers(items: Iterable[Item]) -> dict[int, list[str]]:
    """Return who approved each revision; nobody for what policy approved by itself."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Decision.objects.filter(
        revision__in=[item.revision.pk for item in items], vote=Vote.APPROVE
    )
    for decision in rows.order_by("at", "pk").select_related("person"):
        person = decision.person
        # As with every actor in the ledger: names are for people, user names are unique.
        found[decision.revision_id].append(f"{person.display_name} ({person.username})")
    return found
