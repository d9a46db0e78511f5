"""Opportunities in every stage, some of them stuck, and the quotes that went out."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from orchestrator.demo.crm.accounts import (
    CUSTOMER,
    FIRST_DAYS,
    PARTNER,
    SOURCES,
    Account,
    Contact,
)
from orchestrator.demo.crm.dealtext import NEXT_STEPS, STUCK_NEXT_STEPS, situation
from orchestrator.demo.crm.records import Ref, SeedRecord, World
from orchestrator.demo.crm.staff import ref

STAGES = [
    "Prospecting", "Qualification", "Needs Analysis", "Proposal", "Negotiation", "Closed Won",
    "Closed Lost",
]  # fmt: skip
WEIGHTS = [14, 16, 13, 16, 12, 20, 9]
OPEN = frozenset(STAGES[:5])
QUOTED = frozenset({"Proposal", "Negotiation", "Closed Won"})
QUOTE_STATUSES = ["Draft", "In Review", "Approved", "Presented", "Presented"]
STUCK_SHARE = 0.3
STUCK_DAYS, MOVING_DAYS = (31, 118), (1, 24)
LOST_TO = ["Price", "Competitor", "No Decision", "Missing Feature", "Timing"]

# Made up, like everything else here.
RIVALS = ["Crewmatic", "Dispatchly", "Rondell Planner", "their own spreadsheets"]

NEW_BUSINESS = [
    "Dispatch rollout", "Scheduling for field crews", "Mobile work orders", "Route planning pilot",
    "Parts and van stock", "Contractor portal",
]  # fmt: skip
EXPANSION = [
    "Platform renewal", "Insights add-on", "Seat expansion", "Second depot", "Enterprise upgrade",
    "Routes add-on",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity as the other parts of the seed need it."""

    key: str
    name: str
    account: Account
    buyer: Contact
    stage: str
    amount: int
    seats: int
    stuck: bool
    created_at: dt.datetime
    stage_since: dt.datetime
    last_activity: dt.datetime
    close_date: dt.date

    @property
    def ref(self) -> Ref:
        """The opportunity's id, to put into a field."""
        return Ref(self.key)

    @property
    def is_open(self) -> bool:
        """Whether it can still be won."""
        return self.stage in OPEN


def deals(world: World, accounts: list[Account]) -> list[Deal]:
    """Return the opportunities: one or two for most accounts."""
    dice = world.dice("deals")
    found: list[Deal] = []
    for account in accounts:
        if account.kind == PARTNER:
            continue
        wanted = EXPANSION if account.kind == CUSTOMER else NEW_BUSINESS
        for what in dice.sample(wanted, dice.choices([0, 1, 2, 3], [15, 45, 32, 8])[0]):
            found.append(_deal(world, len(found) + 1, account, what, dice))
    return found


def _deal(world: World, number: int, account: Account, what: str, dice: random.Random) -> Deal:
    stage = dice.choices(STAGES, WEIGHTS)[0]
    stuck = stage in OPEN and dice.random() < STUCK_SHARE
    in_stage = dice.randint(*STUCK_DAYS if stuck else MOVING_DAYS)
    if stage not in OPEN:
        age = (world.at - account.created_at).days
        in_stage = dice.randint(3, min(300, age - FIRST_DAYS - 5))
    stage_since = world.moment(dice, in_stage)
    known_since = account.created_at + dt.timedelta(days=FIRST_DAYS)
    seats = max(5, min(900, int(account.company.employees * dice.uniform(0.06, 0.3))))
    return Deal(
        key=f"opportunity:{number:03d}",
        name=f"{account.company.short} – {what}",  # noqa: RUF001 - as a person would type it
        account=account,
        buyer=dice.choice(account.contacts),
        stage=stage,
        amount=seats * dice.choice([420, 480, 540, 600, 690]),
        seats=seats,
        stuck=stuck,
        created_at=min(
            max(known_since, stage_since - dt.timedelta(days=dice.randint(5, 110))),
            stage_since,
        ),
        stage_since=stage_since,
        last_activity=_last_activity(world, stage, stage_since, in_stage, stuck=stuck, dice=dice),
        close_date=_close_date(world, stage, in_stage, stuck=stuck, dice=dice),
    )


def _last_activity(
    world: World,
    stage: str,
    stage_since: dt.datetime,
    in_stage: int,
    *,
    stuck: bool,
    dice: random.Random,
) -> dt.datetime:
    """Stuck deals went quiet some time ago, the others were touched lately."""
    if stage not in OPEN:
        return stage_since
    silent = dice.randint(18, in_stage) if stuck else dice.randint(0, min(in_stage, 9))
    return max(stage_since, world.moment(dice, silent))


def _close_date(
    world: World, stage: str, in_stage: int, *, stuck: bool, dice: random.Random
) -> dt.date:
    if stage not in OPEN:
        return world.day(-in_stage)
    # A third of the stuck deals still carry a close date that has passed.
    if stuck and dice.random() < 1 / 3:
        return world.day(-dice.randint(3, 28))
    return world.day(dice.randint(9, 130))


def deal_record(world: World, deal: Deal) -> SeedRecord:
    """Return the seed record of an opportunity."""
    dice = world.dice(deal.key)
    fields = {
        "Name": deal.name,
        "AccountId": deal.account.ref,
        "ContactId": deal.buyer.ref,
        "StageName": deal.stage,
        "Amount": deal.amount,
        "CloseDate": deal.close_date,
        "Type": _type(deal),
        "LeadSource": dice.choice(SOURCES),
        "NextStep": _next_step(deal, dice),
        "Description": situation(deal.buyer, deal.seats, dice, stuck=deal.stuck),
        "LastActivityDate": deal.last_activity.date(),
        "LastStageChangeDate": deal.stage_since,
        "OwnerId": ref(deal.account.owner),
        **_judgement(deal, dice),
    }
    changed = max(deal.stage_since, deal.last_activity)
    return SeedRecord("Opportunity", deal.key, fields, deal.created_at, changed)


def _type(deal: Deal) -> str:
    if deal.account.kind != CUSTOMER:
        return "New Business"
    return "Renewal" if deal.name.endswith("renewal") else "Expansion"


def _judgement(deal: Deal, dice: random.Random) -> dict[str, Any]:
    """Return what the representative thinks of it; why a deal is stuck, nobody has said yet."""
    if deal.stage == "Closed Lost":
        return {"Loss_Reason__c": dice.choice(LOST_TO), "Competitor__c": dice.choice(RIVALS)}
    confidence = {"Prospecting": 20, "Qualification": 30, "Needs Analysis": 45, "Proposal": 60}
    return {
        "Confidence__c": confidence.get(deal.stage, 80) + dice.choice([-10, -5, 0, 0, 5]),
        "Exit_Criteria_Met__c": not deal.stuck and dice.random() < 0.6,
        "Discount__c": dice.choice([0, 0, 0, 5, 8, 10, 15]) if deal.stage in QUOTED else None,
        "Competitor__c": dice.choice([None, None, *RIVALS]),
    }


def _next_step(deal: Deal, dice: random.Random) -> str | None:
    if not deal.is_open:
        return None
    steps = STUCK_NEXT_STEPS if deal.stuck else NEXT_STEPS[deal.stage]
    return dice.choice(steps).format(buyer=deal.buyer.name)


def quote_records(world: World, deals: list[Deal]) -> list[SeedRecord]:
    """Return a quote for most deals far enough along to have one."""
    dice = world.dice("quotes")
    records: list[SeedRecord] = []
    for deal in deals:
        if deal.stage in QUOTED and dice.random() < 0.7:
            records.append(_quote(world, len(records) + 1, deal, dice))
    return records


def _quote(world: World, number: int, deal: Deal, dice: random.Random) -> SeedRecord:
    sent = deal.stage_since + dt.timedelta(minutes=dice.randint(5, 55))
    status = "Accepted" if deal.stage == "Closed Won" else dice.choice(QUOTE_STATUSES)
    fields = {
        "Name": f"{deal.account.company.short}, {deal.seats} seats, 12 months",
        "Opportunity__c": deal.ref,
        "Status__c": status,
        "Total__c": deal.amount,
        "Discount__c": dice.choice([0, 0, 5, 5, 8, 10, 12, 15, 22]),
        "Expires_On__c": (sent + dt.timedelta(days=30)).date(),
        "Terms__c": dice.choice(["Net 30", "Net 30", "Net 45", "Net 60", "Prepaid"]),
        "Price_Check_Passed__c": status in ("Accepted", "Approved", "Presented"),
        "OwnerId": ref(deal.account.owner),
    }
    created = min(sent, world.at)
    return SeedRecord("Quote__c", f"quote:{number:03d}", fields, created, created)
