"""
Rows of on-call schedules.

`schedules` stands below the others: overrides, swaps, feeds and addresses name a schedule.
"""

from orchestrator.oncall.models.changes import Override, Swap
from orchestrator.oncall.models.feeds import Address, Feed, ImportedShift
from orchestrator.oncall.models.schedules import Layer, Participant, Schedule

__all__ = [
    "Address",
    "Feed",
    "ImportedShift",
    "Layer",
    "Override",
    "Participant",
    "Schedule",
    "Swap",
]
