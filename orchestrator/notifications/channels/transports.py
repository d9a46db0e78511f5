"""Which module sends what; a channel with buttons of its own would register here."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from orchestrator.notifications.channels import incidents, mail, webhook
from orchestrator.notifications.channels.parcels import Parcel, Receipt, failed
from orchestrator.notifications.kinds import Kind

Transport = Callable[[str, Parcel], Receipt]


def send(kind: str, address: str, parcel: Parcel) -> Receipt:
    """Send one parcel through a channel; whatever goes wrong is a receipt, never an exception."""
    try:
        return TRANSPORTS[Kind(kind)](address, parcel)
    except Exception as error:  # noqa: BLE001 - one broken channel must not stop the others
        # The name alone: the message may hold the address.
        return failed(f"Unexpected: {type(error).__name__}.")


def _through_apprise(kind: Kind, address: str, parcel: Parcel) -> Receipt:
    module: Any = import_module("orchestrator.notifications.channels.through_apprise")
    receipt: Receipt = module.send(kind, address, parcel)
    return receipt


TRANSPORTS: dict[Kind, Transport] = {
    Kind.EMAIL: mail.send,
    Kind.WEBHOOK: webhook.send,
    Kind.PAGERDUTY: incidents.send_pagerduty,
    Kind.OPSGENIE: incidents.send_opsgenie,
    **{kind: partial(_through_apprise, kind) for kind in (Kind.SLACK, Kind.TEAMS, Kind.SMS)},
}
