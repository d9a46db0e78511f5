"""Companies that do not exist: coined names, what they do, how large they are."""

import random
from dataclasses import dataclass

from orchestrator.demo.crm.places import PLACES, Place
from orchestrator.demo.crm.records import plain

STEMS = [
    "Aldervane", "Amberlok", "Arkensund", "Ashgrove", "Averline", "Barrowmere", "Bexhall",
    "Birkstrom", "Blackthwaite", "Brackenfell", "Brayford", "Brindlemark", "Caldermoor", "Carnholt",
    "Castrine", "Corvane", "Cradlewood", "Crestholm", "Dalmarrow", "Darnwick", "Delverne",
    "Dornach", "Dunmarrow", "Eastmark", "Eddisfield", "Elverton", "Embermoor", "Everlund",
    "Fallowbridge", "Farnsund", "Fennimore", "Feldkamp", "Fjordane", "Foxhollow", "Galtmere",
    "Garrowby", "Glenfarrow", "Granholt", "Grimsdal", "Halden", "Harrowgate", "Hartswell",
    "Havengrove", "Hollinwick", "Ironbrook", "Isenhart", "Jarrowfield", "Juniper Vale", "Kelmarsh",
    "Kestrel", "Kilnbrook", "Kirkdale", "Langmere", "Larkspur", "Lindenau", "Lochmarrow",
    "Lumenford", "Marlowe", "Marrisk", "Maplehurst", "Mellingen", "Merrivale", "Millrace",
    "Merrowind Bay", "Nethercott", "Norrhult", "Northlea", "Oakhaven", "Oldenfeld", "Orrin",
    "Ostermark", "Palisade Creek", "Penhallow", "Pinecrest", "Quarryside", "Quillon", "Ravensmoor",
    "Redwater", "Ridgeline", "Rosendal", "Rushmere", "Saltmarsh", "Sandholm", "Selwick",
    "Silverfen", "Skarvik", "Stonebeck", "Sundmark", "Tamarack", "Tarnwick", "Thistledown",
    "Thornlea", "Trevanne", "Ulvsund", "Umberfield", "Valmere", "Velmora", "Vindholt", "Wayfell",
    "Westerlund", "Whinmoor", "Wickerby", "Wolfram Hill", "Wrenfield", "Yarrowdale", "Zellingen",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sector:
    """A line of business: what its companies are called, and what one of them earns a head."""

    industry: str
    nouns: tuple[str, ...]
    revenue_per_head: int
    work: str


SECTORS = [
    Sector("Utilities", ("Water", "Power", "Networks"), 420_000, "meter reading and repair crews"),
    Sector("Energy", ("Energy", "Renewables", "Grid Services"), 510_000, "wind and solar service"),
    Sector("Telecommunications", ("Fibre", "Telecom", "Broadband"), 310_000, "fibre installation"),
    Sector("Construction", ("Construction", "Building", "Civil Works"), 240_000, "site inspection"),
    Sector("Manufacturing", ("Manufacturing", "Components", "Works"), 260_000, "plant maintenance"),
    Sector("Machinery", ("Machinery", "Lifts", "Pumps"), 280_000, "on-site machine service"),
    Sector("Transportation", ("Freight", "Transport", "Rail Services"), 210_000, "depot workshops"),
    Sector("Healthcare", ("Medical", "Care", "Diagnostics"), 190_000, "device service at clinics"),
    Sector("Biotechnology", ("Labs", "Biosciences"), 330_000, "laboratory equipment service"),
    Sector("Retail", ("Stores", "Home", "Outfitters"), 180_000, "shop-floor maintenance"),
    Sector("Food & Beverage", ("Foods", "Dairy", "Bakeries"), 230_000, "cold-chain service"),
    Sector("Hospitality", ("Hotels", "Resorts"), 120_000, "building services in hotels"),
    Sector("Insurance", ("Insurance", "Mutual"), 450_000, "loss adjusters on the road"),
    Sector("Environmental", ("Recycling", "Waste Services"), 170_000, "collection rounds"),
    Sector("Technology", ("Systems", "Software", "Devices"), 340_000, "hardware roll-outs"),
]
# Mid-size firms make up the bulk of the book, as they do for a mid-size vendor.
HEADCOUNTS = [(12, 49), (50, 199), (50, 199), (200, 799), (200, 799), (800, 2400), (2500, 9800)]


@dataclass(frozen=True, slots=True)
class Company:
    """A company: its full and its short name, its place, trade, size and web domain."""

    name: str
    short: str
    place: Place
    sector: Sector
    employees: int
    revenue: int
    domain: str


def companies(count: int, dice: random.Random) -> list[Company]:
    """Return companies of different names."""
    pairs = [(stem, sector) for stem in STEMS for sector in SECTORS]
    return [_company(stem, sector, dice) for stem, sector in dice.sample(pairs, count)]


def _company(stem: str, sector: Sector, dice: random.Random) -> Company:
    place = dice.choice(PLACES)
    short = f"{stem} {dice.choice(sector.nouns)}"
    employees = dice.randint(*dice.choice(HEADCOUNTS))
    revenue = round(employees * sector.revenue_per_head * dice.uniform(0.7, 1.4), -4)
    return Company(
        name=f"{short} {place.suffix}",
        short=short,
        place=place,
        sector=sector,
        employees=employees,
        revenue=int(revenue),
        domain=f"{plain(short)}.{place.domain}",
    )
