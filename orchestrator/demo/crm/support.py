"""Cases, and the mails that go with them."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from orchestrator.demo.crm.accounts import CUSTOMER, Account, Contact
from orchestrator.demo.crm.records import Ref, SeedRecord, World
from orchestrator.demo.crm.staff import (
    BILLING,
    DOMAIN,
    PRODUCT,
    SUPPORT_ENGINEER,
    SUPPORT_LEAD,
    full_name,
    queue,
    ref,
)
from orchestrator.simulator.objects.people import Person

CASES = 140
STATUSES = ["New", "Working", "Waiting on Customer", "Escalated", "Closed"]
STATUS_WEIGHTS = [22, 17, 7, 8, 46]
CATEGORIES = {"Billing": "Billing", "Problem": "Technical", "Question": "Account"}
PRIORITIES = ["Low", "Medium", "Medium", "High"]
INBOX = f"support@{DOMAIN}"
READ, REPLIED, SENT = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Matter:
    """Something customers write about: its words and how we answer."""

    kind: str
    subject: str
    text: str
    answer: str
    urgent: bool = False


MATTERS = [
    Matter(
        "Billing",
        "Invoice for {month} counts seats twice",
        "Our invoice for {month} lists {seats} seats, but we have {half} technicians on the plan. "
        "Please correct it before our payment run on Friday.",
        "Thank you, I see the second depot was billed twice. I have asked billing for a corrected "
        "invoice and will send it today.",
        urgent=True,
    ),
    Matter(
        "Billing",
        "Payment reminder although we paid",
        "We received a reminder, but the amount left our account twelve days ago. The reference "
        "is on the attached statement.",
        "The payment had arrived under an old customer number. It is booked now; please disregard "
        "the reminder.",
    ),
    Matter(
        "Billing",
        "Purchase order number missing on invoice",
        "Our accounts team cannot book the invoice without our order number. Can you issue it "
        "again?",
        "Here is the invoice with your order number. We keep it for the coming months as well.",
    ),
    Matter(
        "Problem",
        "Jobs vanish from the mobile app after a shift change",
        "Since Monday, jobs that are moved to the late shift no longer show on the phones of "
        "{half} technicians. Dispatch still sees them.",
        "We can reproduce it when a shift crosses midnight. A correction goes out tonight; until "
        "then, please re-assign such jobs by hand.",
        urgent=True,
    ),
    Matter(
        "Problem",
        "Route plan ignores the low bridge",
        "The planner sends our tall van under a 2.6 m bridge every morning. The vehicle height is "
        "set.",
        "The height was set on the crew, not on the vehicle. I moved it; tomorrow's plan avoids "
        "the bridge.",
    ),
    Matter(
        "Problem",
        "Parts booked twice on work orders",
        "When two technicians close the same order, each part is taken from stock twice.",
        "Confirmed. Stock is right again for the {seats} orders concerned, and the second booking "
        "is now refused.",
    ),
    Matter(
        "Question",
        "How do we add a second depot?",
        "We open another depot next month with {half} people. What do we have to set up first?",
        "Create the depot, then copy the shift patterns; the guide is linked below. Shall we go "
        "through it together on Tuesday?",
    ),
    Matter(
        "Question",
        "Export of working hours for payroll",
        "Payroll needs hours by person and week. Is there a report for it?",
        "Yes: Reports, Hours, by week. I have saved it to your team's folder.",
    ),
    Matter(
        "Question",
        "Single sign-on for contractors",
        "Can contractors sign in with their own company's accounts?",
        "They can, with one connection for each company. I have attached the steps for your IT.",
    ),
]


def support_records(world: World, accounts: list[Account]) -> list[SeedRecord]:
    """Return cases of customers, each with the mail that opened it and often our answer."""
    dice = world.dice("support")
    customers = [account for account in accounts if account.kind == CUSTOMER]
    records: list[SeedRecord] = []
    for number in range(1, CASES + 1):
        account = dice.choice(customers)
        contact = dice.choice(account.contacts)
        records += _case(world, number, account, contact, dice)
    return records


def _case(
    world: World, number: int, account: Account, contact: Contact, dice: random.Random
) -> list[SeedRecord]:
    matter = dice.choice(MATTERS)
    status = dice.choices(STATUSES, STATUS_WEIGHTS)[0]
    days = dice.randint(8, 120) if status == "Closed" else dice.randint(0, 12)
    opened = world.moment(dice, days)
    answered = min(world.at, opened + dt.timedelta(minutes=dice.randint(15, 150)))
    words = _words(account, opened)
    key = f"case:{number:03d}"
    fields: dict[str, Any] = {
        "Subject": matter.subject.format(**words),
        "Description": matter.text.format(**words),
        "Status": status,
        "Priority": "High" if matter.urgent else dice.choice(PRIORITIES),
        "Origin": dice.choice(["Email", "Email", "Web", "Phone"]),
        "Type": matter.kind,
        "AccountId": account.ref,
        "ContactId": contact.ref,
        "OwnerId": _owner(matter, status),
        "IsEscalated": status == "Escalated",
        **_classes(matter, status),
    }
    changed = opened if status == "New" else answered
    if status == "Closed":
        fields["ClosedDate"] = changed
    mails = [_mail(f"email:{number:03d}-1", key, contact, words, matter, opened, incoming=True)]
    if status != "New":
        mails.append(
            _mail(f"email:{number:03d}-2", key, contact, words, matter, answered, incoming=False)
        )
    return [SeedRecord("Case", key, fields, opened, changed), *mails]


def _owner(matter: Matter, status: str) -> Ref:
    if status == "New":
        return queue("queue_billing" if matter.kind == "Billing" else "queue_support")
    return ref(_agent(matter, escalated=status == "Escalated"))


def _agent(matter: Matter, *, escalated: bool = False) -> Person:
    if matter.kind == "Billing":
        return BILLING
    return SUPPORT_LEAD if escalated else SUPPORT_ENGINEER


def _classes(matter: Matter, status: str) -> dict[str, str | None]:
    """Return the classes of a case that somebody has read; a new one has none."""
    if status == "New":
        return {"Category__c": None, "Urgency__c": None}
    return {
        "Category__c": CATEGORIES[matter.kind],
        "Urgency__c": "Urgent" if matter.urgent else "Normal",
        "Resolution__c": matter.answer if status == "Closed" and "{" not in matter.answer else None,
    }


def _words(account: Account, opened: dt.datetime) -> dict[str, str]:
    seats = max(8, min(420, account.company.employees // 5))
    last_month = opened.replace(day=1) - dt.timedelta(days=1)
    return {"month": f"{last_month:%B}", "seats": str(seats), "half": str(max(4, seats // 2))}


def _mail(
    key: str,
    case_key: str,
    contact: Contact,
    words: dict[str, str],
    matter: Matter,
    at: dt.datetime,
    *,
    incoming: bool,
) -> SeedRecord:
    greeting, name = ("Hello", contact.name) if incoming else (f"Hello {contact.given}", "")
    signature = name if incoming else f"{full_name(_agent(matter))}\n{PRODUCT} support"
    body = (matter.text if incoming else matter.answer).format(**words)
    fields = {
        "Subject": ("" if incoming else "Re: ") + matter.subject.format(**words),
        "TextBody": f"{greeting},\n\n{body}\n\nKind regards\n{signature}",
        "FromName": contact.name if incoming else f"{PRODUCT} support",
        "FromAddress": contact.email if incoming else INBOX,
        "ToAddress": INBOX if incoming else contact.email,
        "Incoming": incoming,
        "Status": READ if incoming else SENT,
        "MessageDate": at,
        "ParentId": Ref(case_key),
    }
    return SeedRecord("EmailMessage", key, fields, at, at)
