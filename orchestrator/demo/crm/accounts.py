"""Accounts and the people who work there."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from orchestrator.demo.crm.companies import Company, companies
from orchestrator.demo.crm.names import person
from orchestrator.demo.crm.places import TERRITORIES, address, filled
from orchestrator.demo.crm.records import Ref, SeedRecord, World, plain
from orchestrator.demo.crm.staff import ACCOUNT_MANAGER, ENTERPRISE, MID_MARKET, ref, rep_for
from orchestrator.simulator.objects.people import Person

ACCOUNTS = 320
CUSTOMER, PROSPECT, PARTNER = "Customer", "Prospect", "Partner"
SOURCES = ["Web", "Employee Referral", "Trade Show", "Partner Referral", "Webinar", "Demo Request"]
STRATEGIC = 4000
SMALL_CUSTOMER = 500
# Younger than any account is any deal with it, and its people are known from the first days.
YOUNGEST, FIRST_DAYS = 150, 10

# title, department, part in a purchase
TITLES = [
    ("Operations Director", "Operations", "Economic Buyer"),
    ("Head of Field Service", "Operations", "Champion"),
    ("Field Service Manager", "Operations", "Champion"),
    ("Dispatch Team Lead", "Operations", "User"),
    ("IT Manager", "IT", "Influencer"),
    ("Head of IT Applications", "IT", "Influencer"),
    ("Procurement Manager", "Procurement", "Blocker"),
    ("Finance Controller", "Finance", "Influencer"),
    ("CFO", "Finance", "Economic Buyer"),
    ("COO", "Management", "Economic Buyer"),
]


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as the other parts of the seed need them."""

    key: str
    given: str
    family: str
    title: str
    department: str
    buying_role: str
    email: str

    @property
    def ref(self) -> Ref:
        """The contact's id, to put into a field."""
        return Ref(self.key)

    @property
    def name(self) -> str:
        """The name as written in a mail."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the other parts of the seed need it."""

    key: str
    company: Company
    owner: Person
    kind: str
    created_at: dt.datetime
    contacts: tuple[Contact, ...]

    @property
    def ref(self) -> Ref:
        """The account's id, to put into a field."""
        return Ref(self.key)


def accounts(world: World) -> list[Account]:
    """Return the accounts with their contacts."""
    dice = world.dice("accounts")
    return [
        _account(world, number, company, dice)
        for number, company in enumerate(companies(ACCOUNTS, dice), 1)
    ]


def _account(world: World, number: int, company: Company, dice: random.Random) -> Account:
    key = f"account:{number:03d}"
    kind = dice.choices([CUSTOMER, PROSPECT, PARTNER], [45, 50, 5])[0]
    small = company.employees < SMALL_CUSTOMER
    return Account(
        key=key,
        company=company,
        owner=ACCOUNT_MANAGER if kind == CUSTOMER and small else rep_for(company.employees),
        kind=kind,
        created_at=world.moment(dice, dice.randint(YOUNGEST, 1400)),
        contacts=_contacts(key, company, dice),
    )


def _contacts(account_key: str, company: Company, dice: random.Random) -> tuple[Contact, ...]:
    count = dice.randint(2, 4)
    names: dict[tuple[str, str], None] = {}
    while len(names) < count:
        names[person(company.place.country, dice)] = None
    found = []
    for place, ((given, family), (title, department, role)) in enumerate(
        zip(names, dice.sample(TITLES, count), strict=True), 1
    ):
        email = f"{plain(given)}.{plain(family)}@{company.domain}"
        key = f"contact:{account_key.removeprefix('account:')}-{place}"
        found.append(Contact(key, given, family, title, department, role, email))
    return tuple(found)


def account_record(world: World, account: Account) -> SeedRecord:
    """Return the seed record of an account."""
    dice = world.dice(account.key)
    company = account.company
    where = address(company.place, dice)
    fields = {
        "Name": company.name,
        "Type": account.kind,
        "Industry": company.sector.industry,
        "NumberOfEmployees": company.employees,
        "AnnualRevenue": company.revenue,
        "Phone": filled(company.place.phone, dice),
        "Website": f"https://www.{company.domain}",
        "AccountSource": dice.choice(SOURCES),
        "BillingStreet": where.street,
        "BillingCity": where.city,
        "BillingState": where.state,
        "BillingPostalCode": where.postcode,
        "BillingCountry": where.country,
        "Description": _description(account),
        "Tier__c": _tier(company.employees),
        "Territory__c": TERRITORIES[where.country],
        "OwnerId": ref(account.owner),
        **_standing(world, account, dice),
    }
    changed = world.moment(dice, dice.randint(2, 120))
    return SeedRecord("Account", account.key, fields, account.created_at, changed)


def contact_records(world: World, account: Account) -> list[SeedRecord]:
    """Return the seed records of an account's contacts."""
    dice = world.dice(f"{account.key}:contacts")
    place = account.company.place
    records = []
    for contact in account.contacts:
        created = account.created_at + dt.timedelta(days=dice.randint(0, FIRST_DAYS))
        changed = max(created, world.moment(dice, dice.randint(5, 120)))
        fields = {
            "FirstName": contact.given,
            "LastName": contact.family,
            "AccountId": account.ref,
            "Title": contact.title,
            "Department": contact.department,
            "Email": contact.email,
            "Phone": filled(place.phone, dice),
            "MailingCity": place.city,
            "MailingCountry": place.country,
            "LeadSource": dice.choice(SOURCES),
            "Buying_Role__c": contact.buying_role,
            "OwnerId": ref(account.owner),
        }
        records.append(SeedRecord("Contact", contact.key, fields, created, changed))
    return records


def _tier(employees: int) -> str:
    if employees >= STRATEGIC:
        return "Strategic"
    if employees >= ENTERPRISE:
        return "Enterprise"
    return "Mid-market" if employees >= MID_MARKET else "Growth"


def _standing(world: World, account: Account, dice: random.Random) -> dict[str, Any]:
    """Return how we stand with them: health and renewal for customers, warmth for the others."""
    if account.kind != CUSTOMER:
        return {"Rating": dice.choice(["Hot", "Warm", "Warm", "Cold", "Cold"])}
    return {
        "Rating": dice.choice(["Hot", "Warm"]),
        "Health_Score__c": dice.choice([38, 46, 55, 61, 67, 72, 76, 81, 84, 88, 91, 95]),
        "Renewal_Date__c": world.today + dt.timedelta(days=dice.randint(12, 360)),
    }


def _description(account: Account) -> str:
    company = account.company
    crews = max(2, company.employees // 22)
    start = f"{company.short} runs {crews} crews for {company.sector.work} out of "
    stands = {
        CUSTOMER: "Live on Fieldwright; reviews usage with us every quarter.",
        PROSPECT: "Plans the week in spreadsheets today and looks for one schedule for all crews.",
        PARTNER: "Resells Fieldwright and installs it for smaller firms nearby.",
    }
    return f"{start}{company.place.city}. {stands[account.kind]}"
