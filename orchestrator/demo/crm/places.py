"""Cities with their streets and postcodes, and telephone numbers kept for fiction."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city; `#` stands for a digit in its patterns, `@` for a letter."""

    country: str
    city: str
    state: str | None
    postcode: str
    phone: str
    street: str
    suffix: str
    domain: str


@dataclass(frozen=True, slots=True)
class Address:
    """A place with its blanks filled in."""

    street: str
    city: str
    state: str | None
    postcode: str
    country: str


# Regulators keep these numbers for films and books, so that no call of ours reaches a person:
# 555-01xx in North America, Ofcom's, the Bundesnetzagentur's, ARCEP's, ComReg's and PTS's ranges.
US, CA, GB = "United States", "Canada", "United Kingdom"
DE, FR, IE, SE = "Germany", "France", "Ireland", "Sweden"

STREETS = {
    US: ["Harbor Street", "Commerce Avenue", "Mill Road", "Foundry Lane", "Lakeshore Drive"],
    CA: ["Wharf Street", "Granite Avenue", "Portage Road", "Cedar Street"],
    GB: ["Canal Street", "Foundry Road", "Mercer Lane", "Old Dock Road", "Weavers Yard"],
    DE: ["Hafenstraße", "Lindenallee", "Werkstraße", "Am Speicher", "Gartenweg"],
    FR: ["rue des Ateliers", "quai du Port", "avenue des Tilleuls", "rue de la Halle"],
    IE: ["Mill Road", "Harbour Row", "Quay Street", "Castle Lane"],
    SE: ["Hamngatan", "Verkstadsgatan", "Kvarnvägen", "Lindgatan"],
}
NUMBER_FIRST = frozenset({US, CA, GB, FR, IE})
SUFFIXES = {US: "Inc.", CA: "Ltd.", GB: "Ltd", DE: "GmbH", FR: "SAS", IE: "Ltd", SE: "AB"}
TERRITORIES = {
    US: "North America", CA: "North America", GB: "UK & Ireland", IE: "UK & Ireland", DE: "DACH",
    FR: "France", SE: "Nordics",
}  # fmt: skip
DOMAINS = {
    US: "example", CA: "ca.example", GB: "uk.example", DE: "de.example", FR: "fr.example",
    IE: "ie.example", SE: "se.example",
}  # fmt: skip

# country, city, state, postcode, phone; the more often a country stands here, the more accounts.
CITIES: list[tuple[str, str, str | None, str, str]] = [
    (US, "Chicago", "IL", "606##", "+1 (312) 555-01##"),
    (US, "Austin", "TX", "787##", "+1 (512) 555-01##"),
    (US, "Denver", "CO", "802##", "+1 (303) 555-01##"),
    (US, "Boston", "MA", "021##", "+1 (617) 555-01##"),
    (US, "Seattle", "WA", "981##", "+1 (206) 555-01##"),
    (US, "Atlanta", "GA", "303##", "+1 (404) 555-01##"),
    (US, "Columbus", "OH", "432##", "+1 (614) 555-01##"),
    (US, "Minneapolis", "MN", "554##", "+1 (612) 555-01##"),
    (CA, "Toronto", "ON", "M5@ #@#", "+1 (416) 555-01##"),
    (CA, "Calgary", "AB", "T2@ #@#", "+1 (403) 555-01##"),
    (CA, "Halifax", "NS", "B3@ #@#", "+1 (902) 555-01##"),
    (GB, "London", None, "EC2# #@@", "+44 20 7946 0###"),
    (GB, "Manchester", None, "M# #@@", "+44 161 496 0###"),
    (GB, "Leeds", None, "LS# #@@", "+44 113 496 0###"),
    (GB, "Bristol", None, "BS# #@@", "+44 117 496 0###"),
    (GB, "Edinburgh", None, "EH# #@@", "+44 131 496 0###"),
    (DE, "Berlin", None, "10###", "+49 30 23125 ###"),
    (DE, "Hamburg", None, "20###", "+49 40 66969 ###"),
    (DE, "München", None, "80###", "+49 89 99998 ###"),
    (DE, "Frankfurt am Main", None, "60###", "+49 69 90009 ###"),
    (DE, "Köln", None, "50###", "+49 221 4710 ###"),
    (FR, "Paris", None, "7501#", "+33 1 99 00 ## ##"),
    (FR, "Lyon", None, "6900#", "+33 4 65 71 ## ##"),
    (FR, "Nantes", None, "4400#", "+33 2 61 91 ## ##"),
    (FR, "Toulouse", None, "3100#", "+33 5 36 49 ## ##"),
    (IE, "Dublin", None, "D0# @#@#", "+353 20 91# ####"),
    (IE, "Cork", None, "T12 @#@#", "+353 20 91# ####"),
    (IE, "Galway", None, "H91 @#@#", "+353 20 91# ####"),
    (SE, "Stockholm", None, "111 ##", "+46 8 465 004 ##"),
    (SE, "Göteborg", None, "411 ##", "+46 31 390 06 ##"),
    (SE, "Malmö", None, "211 ##", "+46 40 628 04 ##"),
]

PLACES = [
    Place(
        country, city, state, postcode, phone,
        "{number} {street}" if country in NUMBER_FIRST else "{street} {number}",
        SUFFIXES[country], DOMAINS[country],
    )
    for country, city, state, postcode, phone in CITIES
]  # fmt: skip


def address(place: Place, dice: random.Random) -> Address:
    """Return an address in a place."""
    street = place.street.format(
        number=dice.randint(1, 180), street=dice.choice(STREETS[place.country])
    )
    return Address(street, place.city, place.state, filled(place.postcode, dice), place.country)


def filled(pattern: str, dice: random.Random) -> str:
    """Return a pattern with a digit for each `#` and a letter for each `@`."""
    blanks = {"#": "0123456789", "@": "ABCEGHJKLMNPRSTVXY"}
    return "".join(
        dice.choice(blanks[character]) if character in blanks else character
        for character in pattern
    )
