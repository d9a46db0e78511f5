"""The assignment rules an administrator set up, as the API shows them."""

from orchestrator.simulator.fields import choice, flag, object_type, text

ASSIGNMENT_RULE = object_type(
    "AssignmentRule", "Assignment Rule", "Assignment Rules", "01Q",
    (
        text("Name", "Name", 120),
        choice("SobjectType", "SObject Type", ["Account", "Case", "Lead"]),
        flag("Active", "Active"),
    ),
    writable=False,
)  # fmt: skip
SUPPORT_ROUTING, ALL_TO_BILLING = "Support routing", "Everything to Billing"
INBOUND_LEADS, TERRITORIES = "Inbound leads", "Territories by country"
# Name, object, and whether it runs unless told otherwise; one of each object does.
RULES: tuple[tuple[str, str, bool], ...] = (
    (SUPPORT_ROUTING, "Case", True),
    (ALL_TO_BILLING, "Case", False),
    (INBOUND_LEADS, "Lead", True),
    (TERRITORIES, "Account", True),
)
