"""A stand-in for a company directory: the same company always gets the same answer."""

import hashlib
from dataclasses import dataclass
from typing import Any

INDUSTRIES = ("Technology", "Manufacturing", "Healthcare", "Finance", "Retail", "Energy", "Media")
COUNTRY_SPELLINGS = {
    "USA": "United States",
    "U.S.": "United States",
    "US": "United States",
    "U.S.A.": "United States",
    "united states": "United States",
    "UK": "United Kingdom",
    "U.K.": "United Kingdom",
    "Great Britain": "United Kingdom",
    "England": "United Kingdom",
    "Deutschland": "Germany",
    "GER": "Germany",
    "DE": "Germany",
    "Holland": "Netherlands",
    "The Netherlands": "Netherlands",
    "NL": "Netherlands",
    "Schweiz": "Switzerland",
    "Suisse": "Switzerland",
    "Espana": "Spain",
    "España": "Spain",
    "Oesterreich": "Austria",
}
# One company in so many is listed twice in the directory: then the agent is unsure.
UNSURE_EVERY = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What the directory says about a company, and how sure it is."""

    values: dict[str, Any]
    quote: str
    confidence: float


def look_up(company: str, *, email: str) -> Found:
    """Return the directory's entry for a company; the web site follows the lead's own mail host."""
    number = int.from_bytes(hashlib.sha256(company.encode()).digest()[:4], "big")
    industry = INDUSTRIES[number % len(INDUSTRIES)]
    employees = 20 + number % 4800
    values: dict[str, Any] = {"Industry": industry, "NumberOfEmployees": employees}
    host = email.partition("@")[2]
    if host:
        values["Website"] = f"https://www.{host}"
    unsure = number % UNSURE_EVERY == 0
    quote = f"{company}: {industry}, about {employees} employees." + (
        " A second entry of the same name lists another industry." if unsure else ""
    )
    return Found(values=values, quote=quote, confidence=0.62 if unsure else 0.93)
