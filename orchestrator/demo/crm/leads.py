"""Campaigns and the leads they brought, with the gaps that a hygiene agent finds."""

import datetime as dt
import random
from typing import Any

from orchestrator.demo.crm.accounts import Account
from orchestrator.demo.crm.companies import STEMS, Company, companies
from orchestrator.demo.crm.names import person
from orchestrator.demo.crm.places import CA, DE, FR, GB, IE, SE, US, filled
from orchestrator.demo.crm.records import Ref, SeedRecord, World, plain
from orchestrator.demo.crm.staff import REVOPS, queue, ref, rep_for

LEADS = 180
STATUSES = ["Open - Not Contacted", "Working - Contacted", "Nurturing", "Closed - Not Converted"]
STATUS_WEIGHTS = [46, 30, 12, 12]
SOURCE_OF = {
    "Webinar": "Webinar", "Conference": "Trade Show", "Email": "Web", "Advertisement": "Web",
    "Other": "Demo Request",
}  # fmt: skip
ROLES = [
    "Operations Manager", "Head of Service", "Dispatcher", "Service Coordinator", "IT Lead",
    "Managing Director", "Maintenance Planner", "Fleet Manager", "Procurement Officer",
]  # fmt: skip

# How people spell a country in a form; the first is the spelling the CRM wants.
SPELLINGS = {
    US: [US, US, "USA", "U.S.", "us", "United States of America"],
    CA: [CA, CA, "CAN", "canada"],
    GB: [GB, GB, "UK", "U.K.", "Great Britain", "England", "united kingdom"],
    DE: [DE, DE, "Deutschland", "GER", "germany"],
    FR: [FR, FR, "FRANCE", "FR"],
    IE: [IE, IE, "Eire", "IRL", "ireland "],
    SE: [SE, SE, "Sverige", "SWE"],
}
# name, type, status, days until start, days it lasts, budget
CAMPAIGNS = [
    ("Field Service Days, Hannover", "Conference", "Completed", -210, 3, 38000),
    ("Utilities webinar: one schedule for all crews", "Webinar", "Completed", -160, 1, 4200),
    ("Spring mailing, operations leaders", "Email", "Completed", -140, 30, 2600),
    ("Guide: what a second visit costs", "Advertisement", "Completed", -120, 90, 6800),
    ("Service Leaders Forum, Chicago", "Conference", "Completed", -75, 2, 44000),
    ("Webinar: van stock without spreadsheets", "Webinar", "Completed", -48, 1, 4200),
    ("Autumn mailing, construction", "Email", "In Progress", -25, 60, 3100),
    ("Demo requests from the web site", "Other", "In Progress", -14, 120, 7500),
    ("Breakfast for dispatch leads, Manchester", "Conference", "Planned", 19, 1, 5200),
    ("Webinar: planning for storm season", "Webinar", "Planned", 27, 1, 4200),
]


def campaign_key(number: int) -> str:
    """Return the key of a campaign by its place in the list."""
    return f"campaign:{number:02d}"


def campaign_records(world: World) -> list[SeedRecord]:
    """Return the campaigns."""
    dice = world.dice("campaigns")
    records = []
    for number, (name, kind, status, start, days, budget) in enumerate(CAMPAIGNS, 1):
        spent = {"Completed": 1.0, "In Progress": 0.4, "Planned": 0.0}[status]
        created = world.moment(dice, max(2, 60 - start))
        fields = {
            "Name": name,
            "Type": kind,
            "Status": status,
            "IsActive": status == "In Progress",
            "StartDate": world.day(start),
            "EndDate": world.today + dt.timedelta(days=start + days),
            "BudgetedCost": budget,
            "ActualCost": round(budget * spent * dice.uniform(0.85, 1.1), -2),
            "OwnerId": ref(REVOPS),
        }
        records.append(SeedRecord("Campaign", campaign_key(number), fields, created, created))
    return records


def lead_records(world: World, accounts: list[Account]) -> list[SeedRecord]:
    """Return the leads: most from firms new to us, some from accounts we already have."""
    dice = world.dice("leads")
    known = {account.company.short for account in accounts}
    strangers = [
        company for company in companies(len(STEMS) * 6, dice) if company.short not in known
    ]
    records = []
    for number in range(1, LEADS + 1):
        ours = dice.random() < 0.08
        company = dice.choice(accounts).company if ours else strangers[number]
        records.append(_lead(world, number, company, dice))
    return records


def _lead(world: World, number: int, company: Company, dice: random.Random) -> SeedRecord:
    given, family = person(company.place.country, dice)
    campaign = dice.randrange(1, 9)
    created_days = dice.randint(1, 90)
    created = world.moment(dice, created_days)
    status = dice.choices(STATUSES, STATUS_WEIGHTS)[0]
    changed = created
    if status != STATUSES[0]:
        changed = max(created, world.moment(dice, dice.randint(0, created_days)))
    fields: dict[str, Any] = {
        "FirstName": given,
        "LastName": family,
        "Company": company.name if dice.random() < 0.7 else company.short,
        "Title": dice.choice(ROLES),
        "Email": f"{plain(given)}.{plain(family)}@{company.domain}",
        "Phone": filled(company.place.phone, dice) if dice.random() < 0.75 else None,
        "City": company.place.city,
        "Status": status,
        "LeadSource": SOURCE_OF[CAMPAIGNS[campaign - 1][1]],
        "Rating": dice.choice([None, "Hot", "Warm", "Warm", "Cold"]),
        "OwnerId": _owner(status, company),
        "Description": _request(company, dice),
        **_firmographics(company, dice),
    }
    return SeedRecord("Lead", f"lead:{number:03d}", fields, created, changed)


def _owner(status: str, company: Company) -> Ref:
    return queue("queue_inbound") if status == STATUSES[0] else ref(rep_for(company.employees))


def _firmographics(company: Company, dice: random.Random) -> dict[str, Any]:
    """Return what the form said about the firm, with its gaps and its spellings."""
    industry: str | None = company.sector.industry
    if dice.random() < 0.4:
        industry = None
    elif dice.random() < 0.15:
        industry = "Other"
    website: str | None = f"https://www.{company.domain}"
    if dice.random() < 0.45:
        website = dice.choice([None, None, company.domain])
    return {
        "Industry": industry,
        "NumberOfEmployees": company.employees if dice.random() < 0.55 else None,
        "Website": website,
        "Country": dice.choice(SPELLINGS[company.place.country]),
    }


def _request(company: Company, dice: random.Random) -> str:
    crews = max(2, company.employees // 22)
    asks = [
        f"Asked for a demo: {crews} crews, {company.sector.work}.",
        f"Downloaded the guide; plans {crews} crews in a spreadsheet.",
        "Came to our stand, wants prices for the mobile app.",
        f"Wants to know whether we fit a firm of {company.employees} people.",
        "Attended the webinar to the end and asked about van stock.",
        "Left a card; call back after the quarter's end.",
    ]
    return dice.choice(asks)
