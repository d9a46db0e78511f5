"""What representatives write into opportunities."""

import random

from orchestrator.demo.crm.accounts import Contact

NEXT_STEPS = {
    "Prospecting": [
        "First call with {buyer} to learn how jobs are planned today",
        "Send the two-page overview before the call on Thursday",
        "Find out who owns the planning tool budget",
    ],
    "Qualification": [
        "Discovery workshop with dispatch and IT, {buyer} sends the invite",
        "Confirm number of crews and the current contract's end",
        "Demo of van stock and parts with two technicians",
    ],
    "Needs Analysis": [
        "Map a week of jobs from two depots with their planners",
        "{buyer} sends the list of systems to connect",
        "Agree what has to be true before the proposal",
    ],
    "Proposal": [
        "Walk {buyer} through the proposal, answer the security questionnaire",
        "Adjust the seat count after their headcount review",
        "Reference call with another customer of their trade",
    ],
    "Negotiation": [
        "Legal returns the redlined master agreement",
        "{buyer} takes the three-year option to the board",
        "Agree the start date and the payment terms",
    ],
}
STUCK_NEXT_STEPS = [
    "Waiting to hear back from {buyer}",
    "Follow up after the budget round",
    "{buyer} asked us to call again next month",
    "Check whether the project is still planned",
    "Waiting for procurement",
]
NEEDS = [
    "Jobs are planned on a whiteboard and re-planned by telephone; overtime runs high.",
    "Technicians arrive without the right part on every sixth visit.",
    "They miss the four-hour response that their own customers were promised.",
    "Three depots use three different planners; nobody sees the whole week.",
    "Reports from the field come back on paper and are typed in two days later.",
    "Their present tool goes out of support next year.",
]
TERMS = [
    "Start with one depot, then the rest over two quarters.",
    "Needs single sign-on and a data processing agreement.",
    "Wants monthly billing in the first year.",
    "Must connect to their ERP for parts and invoices.",
    "Works council has to agree to the mobile app.",
]
SILENCE = [
    "No answer to the last two mails.",
    "Our sponsor moved to another role; no new one yet.",
    "The proposal was opened several times, but no reply.",
    "They put the project behind an ERP upgrade.",
]


def situation(buyer: Contact, seats: int, dice: random.Random, *, stuck: bool) -> str:
    """Return the description of an opportunity."""
    text = (
        f"{dice.choice(NEEDS)} {buyer.name} ({buyer.title}) sponsors it; {seats} seats planned. "
        f"{dice.choice(TERMS)}"
    )
    return f"{text} {dice.choice(SILENCE)}" if stuck else text
