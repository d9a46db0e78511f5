"""A webhook: our own JSON, posted to the address that staff entered."""

from orchestrator.notifications.channels.destinations import post_json
from orchestrator.notifications.channels.parcels import Parcel, Receipt


def send(address: str, parcel: Parcel) -> Receipt:
    """Post one parcel; the header carries the same id at every attempt."""
    payload = {
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
    return post_json(address, payload, {"X-Countersign-Delivery": parcel.id})
