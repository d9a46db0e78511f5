"""Counting calls: the daily allowance, and what kinds of calls there were."""

from collections import Counter
from typing import Any

from orchestrator.simulator.errors import refusal


class Limits:
    """How many calls were made, of how many."""

    def __init__(self, allowed: int) -> None:
        """Start with nothing used."""
        self.allowed = allowed
        self.used = 0
        self.calls: Counter[str] = Counter()

    def count(self, kind: str) -> None:
        """Count one call."""
        self.used += 1
        self.calls[kind] += 1

    def refuse_if_used_up(self) -> None:
        """
        Refuse a call beyond the allowance.

        :raises Refusal: REQUEST_LIMIT_EXCEEDED
        """
        if self.used >= self.allowed:
            message = "TotalRequests Limit exceeded."
            raise refusal("REQUEST_LIMIT_EXCEEDED", message, status=403)

    def reset(self) -> None:
        """Start anew."""
        self.used = 0
        self.calls.clear()

    @property
    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used}/{self.allowed}"

    def body(self) -> dict[str, Any]:
        """Return the limits resource."""
        remaining = max(0, self.allowed - self.used)
        return {
            "DailyApiRequests": {"Max": self.allowed, "Remaining": remaining},
            "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
            "DailyAsyncApexExecutions": {"Max": 250000, "Remaining": 250000},
            "DailyDeliveredPlatformEvents": {"Max": 10000, "Remaining": 10000},
            "DataStorageMB": {"Max": 1024, "Remaining": 1000},
            "FileStorageMB": {"Max": 1024, "Remaining": 1024},
            "HourlyPublishedPlatformEvents": {"Max": 50000, "Remaining": 50000},
            "SingleEmail": {"Max": 5000, "Remaining": 5000},
        }
