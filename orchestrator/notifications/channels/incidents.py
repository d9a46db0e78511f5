"""
PagerDuty and Opsgenie: an incident is opened and closed under the id of the notification.

Spoken to without apprise, which tells apart neither a refused key nor a busy provider.
"""

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from orchestrator.notifications.channels.destinations import post_json
from orchestrator.notifications.channels.parcels import Parcel, Receipt
from orchestrator.notifications.messages import Urgency

SEVERITIES = {Urgency.PAGE: "critical", Urgency.HIGH: "error", Urgency.NORMAL: "warning"}
PRIORITIES = {Urgency.PAGE: "P1", Urgency.HIGH: "P2", Urgency.NORMAL: "P3"}


def send_pagerduty(address: str, parcel: Parcel) -> Receipt:
    """Open or resolve an incident of the service whose integration key the address names."""
    event: dict[str, Any] = {
        "routing_key": urlsplit(address).netloc,
        "dedup_key": parcel.thread,
        "event_action": "resolve" if parcel.is_final else "trigger",
    }
    if not parcel.is_final:
        event |= {
            "payload": {
                "summary": parcel.title,
                "source": parcel.site,
                "severity": SEVERITIES.get(Urgency(parcel.urgency), "info"),
                "component": parcel.subject_kind,
                "custom_details": {"lines": list(parcel.lines), "delivery": parcel.id},
            },
            "links": [{"href": parcel.url, "text": "Open in Countersign"}],
        }
    return post_json(f"{settings.COUNTERSIGN['pagerduty_url']}/v2/enqueue", event)


def send_opsgenie(address: str, parcel: Parcel) -> Receipt:
    """Open or close an alert with the API key that the address names."""
    base = settings.COUNTERSIGN["opsgenie_url"]
    headers = {"Authorization": f"GenieKey {urlsplit(address).netloc}"}
    if parcel.is_final:
        url = f"{base}/v2/alerts/{quote(parcel.thread)}/close?identifierType=alias"
        return post_json(url, {"source": parcel.site, "note": parcel.text}, headers)
    alert = {
        "message": parcel.title[:130],
        "alias": parcel.thread,
        "description": parcel.text,
        "priority": PRIORITIES.get(Urgency(parcel.urgency), "P4"),
        "source": parcel.site,
        "details": {"url": parcel.url, "delivery": parcel.id},
    }
    return post_json(f"{base}/v2/alerts", alert, headers)
