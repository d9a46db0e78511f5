"""A webhook: our own JSON, posted to the address that staff entered."""

from typing import Any

from orchestrator.notifications.channels.destinations import post_json
from orchestrator.notifications.channels.parcels import Parcel, Receipt


def send(address: str, parcel: Parcel) -> Receipt:
    """Post one parcel; the header carries the same id at every attempt."""
    return post_json(address, body_of(parcel), {"X-Countersign-Delivery": parcel.id})


def body_of(parcel: Parcel) -> dict[str, Any]:
    """Return what is posted."""
    return {
        "delivery": parcel.id,
        "notification": parcel.thread,
        "state": "settled" if parcel.is_final else "open",
        "event": parcel.event,
        "urgency": parcel.urgency,
        "title": parcel.title,
        "lines": list(parcel.lines),
        "url": parcel.url,
        "subject": {"kind": parcel.subject_kind, "id": parcel.subject_id},
    }
