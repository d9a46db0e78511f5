"""Scopes of the kill switch, and the database locks that stand for them and for claims. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.commits.states import Scope


@dataclass(frozen=True, slots=True)
class Reach:
    """What one commit touches, in the words of the switch."""

    org: str
    workflow: str
    agent: str
    objects: tuple[str, ...]

    def scopes(self) -> list[tuple[str, str]]:
        """Return every (scope, value) that stops this commit when it is halted."""
        found = [(Scope.ALL, ""), (Scope.ORG, self.org), (Scope.WORKFLOW, self.workflow)]
        if self.agent:
            found += [(Scope.AGENTS, ""), (Scope.AGENT, self.agent)]
        return [*found, *((Scope.OBJECT, normal(Scope.OBJECT, name)) for name in self.objects)]


def normal(scope: str, value: str) -> str:
    """Return a scope's value as it is compared: the CRM does not mind the case of its objects."""
    return value.casefold() if scope == Scope.OBJECT else value


def scope_key(scope: str, value: str) -> int:
    """Return the advisory lock of a scope: writers share it, a halt takes it alone."""
    return _key(f"scope:{scope}:{normal(scope, value)}")


def claim_key(claim: str) -> int:
    """Return the advisory lock that a worker keeps while it lives and works on a claim."""
    return _key(f"claim:{claim}")


def settlement_key(org_id: int) -> int:
    """Return the advisory lock of whoever settles an org."""
    return _key(f"settlement:{org_id}")


def seat_keys(org_id: int, count: int) -> list[int]:
    """Return the advisory locks of an org's seats: whoever has one may commit."""
    return [_key(f"seat:{org_id}:{number}") for number in range(count)]


def shared_keys(reaches: Iterable[Reach]) -> list[int]:
    """Return the locks that a write takes, in the one order that everybody takes them."""
    return sorted({scope_key(scope, value) for reach in reaches for scope, value in reach.scopes()})


def _key(text: str) -> int:
    """Hash a text to the signed 64 bits of a PostgreSQL advisory lock."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
