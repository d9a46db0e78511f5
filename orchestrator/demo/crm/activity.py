"""What representatives did on their deals, what they mean to do, and the mails left unanswered."""

import random
from typing import Any

from orchestrator.demo.crm.deals import Deal
from orchestrator.demo.crm.records import SeedRecord, World
from orchestrator.demo.crm.staff import full_name, ref

DONE = [
    (
        "Call",
        "Call with {buyer}",
        "Talked for twenty minutes; {buyer} wants to see parts handling.",
    ),
    (
        "Meeting",
        "Demo for {short}",
        "Showed dispatch and the mobile app to five people. Good questions.",
    ),
    ("Email", "Sent pricing to {buyer}", "Two options, with and without Insights."),
    ("Other", "Security questionnaire", "Returned 84 answers; two are with our security lead."),
    (
        "Meeting",
        "Meeting on site",
        "Walked through the depot. They print job sheets every morning.",
    ),
    ("Email", "Mail to {buyer}", "Asked for the date of the decision."),
]
PLANNED = [
    "Call {buyer} about next steps",
    "Prepare demo with their own jobs",
    "Send reference contact",
    "Check contract end with {buyer}",
    "Update the business case",
]
UNANSWERED = [
    ("Your decision date", "Is the end of the month still the date for your decision?"),
    ("Next step for {short}", "Shall we set up the workshop with your planners we spoke about?"),
    ("The proposal", "Did you find time to look at the two options? I can walk you through them."),
    ("Still of interest?", "I have not heard from you for a while. Is the project still planned?"),
]
SENT = "3"
STUCK_PLANNED = ["Follow up with {buyer}", "Third reminder to {buyer}", "Ask for a new sponsor"]


def task_records(world: World, deals: list[Deal]) -> list[SeedRecord]:
    """Return the task of each deal's last activity, and for most open deals a planned one."""
    dice = world.dice("tasks")
    records: list[SeedRecord] = []
    for deal in deals:
        if deal.is_open or dice.random() < 0.5:
            records.append(_done(len(records) + 1, deal, dice))
        if deal.is_open and dice.random() < 0.6:
            records.append(_planned(world, len(records) + 1, deal, dice))
    return records


def _done(number: int, deal: Deal, dice: random.Random) -> SeedRecord:
    kind, subject, text = dice.choice(DONE)
    at = deal.last_activity
    fields = {
        **_about(deal, subject),
        "Description": text.format(buyer=deal.buyer.name),
        "Type": kind,
        "Status": "Completed",
        "CompletedDateTime": at,
        "Priority": "Normal",
        "ActivityDate": at.date(),
    }
    return SeedRecord("Task", f"task:{number:03d}", fields, at, at)


def _planned(world: World, number: int, deal: Deal, dice: random.Random) -> SeedRecord:
    subject = dice.choice(STUCK_PLANNED if deal.stuck else PLANNED)
    # The follow-ups of stuck deals are overdue: nobody came back to them.
    due = world.day(-dice.randint(2, 20) if deal.stuck else dice.randint(1, 14))
    fields = {
        **_about(deal, subject),
        "Type": "Follow-up",
        "Status": "Not Started",
        "Priority": "High" if deal.stuck else "Normal",
        "ActivityDate": due,
    }
    at = deal.last_activity
    return SeedRecord("Task", f"task:{number:03d}", fields, at, at)


def _about(deal: Deal, subject: str) -> dict[str, Any]:
    return {
        "Subject": subject.format(buyer=deal.buyer.name, short=deal.account.company.short),
        "WhoId": deal.buyer.ref,
        "WhatId": deal.ref,
        "OwnerId": ref(deal.account.owner),
    }


def silence_records(world: World, deals: list[Deal]) -> list[SeedRecord]:
    """Return the mails to the buyers of stuck deals that nobody answered."""
    dice = world.dice("silence")
    stuck = [deal for deal in deals if deal.stuck]
    return [_unanswered(number, deal, dice) for number, deal in enumerate(stuck, 1)]


def _unanswered(number: int, deal: Deal, dice: random.Random) -> SeedRecord:
    subject, text = dice.choice(UNANSWERED)
    rep, at = deal.account.owner, deal.last_activity
    fields = {
        "RelatedToId": deal.ref,
        "Subject": subject.format(short=deal.account.company.short),
        "TextBody": f"Hello {deal.buyer.given},\n\n{text}\n\nBest wishes\n{full_name(rep)}",
        "FromName": full_name(rep),
        "FromAddress": rep.username,
        "ToAddress": deal.buyer.email,
        "Incoming": False,
        "Status": SENT,
        "MessageDate": at,
    }
    return SeedRecord("EmailMessage", f"silence:{number:03d}", fields, at, at)
