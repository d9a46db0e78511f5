"""What support needs: cases."""

from orchestrator.simulator.fields import (
    COUNTERSIGN_ID,
    COUNTERSIGN_STAMP,
    Field,
    area,
    choice,
    flag,
    link,
    moment,
    object_type,
    owner,
    shown,
    text,
)

CLOSED_STATUSES = frozenset({"Closed"})
CASE = object_type(
    "Case", "Case", "Cases", "500",
    (
        text("CaseNumber", "Case Number", 30, writable=False, pattern="{:08d}"),
        link("AccountId", "Account ID", "Account", children="Cases"),
        link("ContactId", "Contact ID", "Contact", children="Cases"),
        link("ParentId", "Parent Case ID", "Case", children="Cases"),
        text("Subject", "Subject", 255),
        area("Description", "Description"),
        choice("Status", "Status", ["New", "Working", "Waiting on Customer", "Escalated", "Closed"],
               required=True, default="New"),
        choice("Priority", "Priority", ["High", "Medium", "Low"], default="Medium"),
        choice("Origin", "Case Origin", ["Phone", "Email", "Web", "Chat"]),
        choice("Type", "Case Type", ["Question", "Problem", "Feature Request", "Billing"],
               restricted=False),
        choice("Reason", "Case Reason", ["Installation", "Performance", "Breakdown", "Invoice",
               "Refund", "Other"], restricted=False),
        text("SuppliedName", "Web Name", 80),
        Field("SuppliedEmail", "Web Email", "email", length=80),
        flag("IsClosed", "Closed", writable=False),
        flag("IsEscalated", "Escalated"),
        shown(moment("ClosedDate", "Closed Date")),
        owner("User", "Group"),
        choice("Category__c", "Category", ["Billing", "Technical", "Account", "Other"]),
        choice("Urgency__c", "Urgency", ["Normal", "Urgent", "Critical"]),
        area("Resolution__c", "Resolution"),
        COUNTERSIGN_ID, *COUNTERSIGN_STAMP,
    ),
    name_field="CaseNumber", history="CaseHistory", history_parent="CaseId",
    columns=("Subject", "AccountId", "Status", "Priority", "OwnerId"),
)  # fmt: skip
