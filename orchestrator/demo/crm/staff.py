"""The people of the firm that owns the CRM: a maker of scheduling software for field service."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.demo.crm.places import AU, CA, DE, FR, GB, SE, US
from orchestrator.demo.crm.records import Ref, SeedRecord, World, plain

FIRM = "Fieldwright"
DOMAIN = "fieldwright.example"


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the CRM; `countries` are a representative's territory."""

    given: str
    family: str
    title: str
    department: str
    manager: str | None = None
    countries: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key of the user's seed record."""
        return f"user:{plain(self.given)}-{plain(self.family)}"

    @property
    def name(self) -> str:
        """The name as written in a mail."""
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        """The user's address."""
        return f"{plain(self.given)}.{plain(self.family)}@{DOMAIN}"

    @property
    def ref(self) -> Ref:
        """The user's id, to put into a field."""
        return Ref(self.key)


REP, SUCCESS = "Account Executive", "Customer Success Manager"
HEAD = "user:ingrid-solberg"
AMERICAS, EUROPE = "user:dale-whitcombe", "user:mina-kovac"
STAFF = [
    Person("Ingrid", "Solberg", "VP Sales", "Sales"),
    Person("Dale", "Whitcombe", "Sales Manager, Americas", "Sales", HEAD),
    Person("Mina", "Kovač", "Sales Manager, EMEA and APAC", "Sales", HEAD),
    Person("Tara", "Venkat", "Sales Operations Lead", "Sales Operations", HEAD),
    Person("Marcus", "Oyelaran", REP, "Sales", AMERICAS, (US,)),
    Person("Jess", "Tolliver", REP, "Sales", AMERICAS, (US,)),
    Person("Colette", "Arsenault", REP, "Sales", AMERICAS, (CA,)),
    Person("Rhian", "Pugh", REP, "Sales", EUROPE, (GB,)),
    Person("Jonas", "Feldmann", REP, "Sales", EUROPE, (DE, SE)),
    Person("Élodie", "Marchal", REP, "Sales", EUROPE, (FR,)),
    Person("Kieran", "Doyle", REP, "Sales", EUROPE, (AU,)),
    Person("Hana", "Brandvold", SUCCESS, "Customer Success", HEAD),
]
REPS = [person for person in STAFF if person.title == REP]
SUPPORT = next(person for person in STAFF if person.title == SUCCESS)


def reps_for(country: str) -> list[Person]:
    """Return the representatives whose territory a country is."""
    return [person for person in REPS if country in person.countries]


def users(world: World) -> list[SeedRecord]:
    """Return the users, managers before those who report to them."""
    dice = world.dice("users")
    found = []
    for person in STAFF:
        created = world.moment(dice, dice.randint(420, 1600))
        fields = {
            "FirstName": person.given,
            "LastName": person.family,
            "Username": person.email,
            "Email": person.email,
            "Alias": plain(person.given[0] + person.family)[:8],
            "Title": person.title,
            "Department": person.department,
            "IsActive": True,
            "ManagerId": None if person.manager is None else Ref(person.manager),
        }
        changed = created + dt.timedelta(days=dice.randint(1, 90))
        found.append(SeedRecord("User", person.key, fields, created, changed))
    return found
