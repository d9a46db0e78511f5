"""What a check is, and what it finds."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Irregularity:
    """One thing that has no next step, in our own words, with the page that shows it."""

    subject_kind: str
    subject_id: str
    words: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One question the auditor asks at every look."""

    name: str
    # What is true as long as nothing is found.
    title: str
    look: Callable[[dt.datetime], Sequence[Irregularity]]
    # Arms the next step anew; says whether there was anything to arm.
    restart: Callable[[str, dt.datetime], bool] | None = None
    # While one of its findings is alarming, the heartbeat is withheld.
    vital: bool = True
