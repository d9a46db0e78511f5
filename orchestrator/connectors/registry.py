"""
From an org to its connector.

Connectors are named by path and imported when first asked for: a command that never talks to a CRM
does not pay for loading its client, which takes longer than everything else together.
"""

from collections.abc import Callable

from django.utils.module_loading import import_string

from orchestrator.connectors.base import Connector, LimitUsage
from orchestrator.connectors.errors import Rejected
from orchestrator.connectors.examination import Examiner, ExaminerFactory
from orchestrator.orgs.models import Org

Factory = Callable[[Org], Connector]
INSTALLED = {
    "salesforce": "orchestrator.connectors.salesforce.connector.connector_for",
    "control": "orchestrator.connectors.control.connector.connector_for",
}
EXAMINERS = {"salesforce": "orchestrator.connectors.salesforce.examining.examiner_for"}
_factories: dict[str, Factory] = {}
_examiners: dict[str, ExaminerFactory] = {}


def load() -> None:
    """Import every installed connector now, before the first request has to wait for it."""
    for kind in INSTALLED:
        _factory(kind)


def connector_for(org: Org) -> Connector:
    """
    Return the connector of an org; what it may share between calls is the factory's business.

    :raises Rejected: if no connector is installed for the org's kind
    """
    factory = _factory(org.kind)
    if factory is None:
        raise Rejected(f"No connector is installed for {org.kind!r}.")
    return factory(org)


def examiner_for(org: Org, *, seconds: float) -> Examiner:
    """
    Return who looks at an org anew, for a person who waits no longer than these seconds.

    :raises Rejected: if nothing can be looked at in an org of this kind
    """
    if org.kind not in _examiners and org.kind in EXAMINERS:
        _examiners[org.kind] = import_string(EXAMINERS[org.kind])
    factory = _examiners.get(org.kind)
    if factory is None:
        raise Rejected(f"There is nothing to test about an org of the kind {org.kind!r}.")
    return factory(org, seconds=seconds)


def limit_usage(org: Org) -> LimitUsage | None:
    """Return how much of the org's allowance of calls is used, if it has one and we know."""
    usage = getattr(connector_for(org), "limit_usage", None)
    return usage if isinstance(usage, LimitUsage) else None


def _factory(kind: str) -> Factory | None:
    if kind not in _factories and kind in INSTALLED:
        _factories[kind] = import_string(INSTALLED[kind])
    return _factories.get(kind)
