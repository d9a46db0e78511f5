"""From an org to its connector."""

from collections.abc import Callable

from orchestrator.connectors.base import Connector, LimitUsage
from orchestrator.connectors.errors import Rejected
from orchestrator.orgs.models import Org

Factory = Callable[[Org], Connector]
_factories: dict[str, Factory] = {}


def register(kind: str, factory: Factory) -> None:
    """Say which factory makes the connectors of a kind of org."""
    _factories[kind] = factory


def connector_for(org: Org) -> Connector:
    """
    Return the connector of an org; what it may share between calls is the factory's business.

    :raises Rejected: if no connector is registered for the org's kind
    """
    factory = _factories.get(org.kind)
    if factory is None:
        raise Rejected(f"No connector is installed for {org.kind!r}.")
    return factory(org)


def limit_usage(org: Org) -> LimitUsage | None:
    """Return how much of the org's allowance of calls is used, if it has one and we know."""
    usage = getattr(connector_for(org), "limit_usage", None)
    return usage if isinstance(usage, LimitUsage) else None
