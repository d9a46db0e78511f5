"""What people do: tasks and e-mails."""

from orchestrator.simulator.fields import (
    COUNTERSIGN_ID,
    COUNTERSIGN_STAMP,
    Field,
    area,
    choice,
    day,
    flag,
    link,
    moment,
    object_type,
    owner,
    shown,
    text,
)

TASK_CLOSED = frozenset({"Completed"})
RELATED = ("Account", "Opportunity", "Case", "Campaign", "Quote__c")
TASK = object_type(
    "Task", "Task", "Tasks", "00T",
    (
        link("WhoId", "Name ID", "Contact", "Lead", children="Tasks"),
        link("WhatId", "Related To ID", *RELATED, children="Tasks"),
        text("Subject", "Subject", 255),
        day("ActivityDate", "Due Date Only"),
        choice("Status", "Status", ["Not Started", "In Progress", "Completed",
               "Waiting on someone else", "Deferred"], required=True, default="Not Started"),
        choice("Priority", "Priority", ["High", "Normal", "Low"], required=True, default="Normal"),
        area("Description", "Description"),
        choice("Type", "Type", ["Call", "Email", "Meeting", "Follow-up", "Other"],
               restricted=False),
        flag("IsClosed", "Closed", writable=False),
        shown(moment("CompletedDateTime", "Completed Date")),
        owner("User", "Group"),
        COUNTERSIGN_ID, *COUNTERSIGN_STAMP,
    ),
    name_field="Subject", columns=("WhoId", "WhatId", "Status", "ActivityDate", "OwnerId"),
)  # fmt: skip
# The API writes the digit, not the word.
NEW, READ, REPLIED, SENT, FORWARDED, DRAFT = "0", "1", "2", "3", "4", "5"
EMAIL_MESSAGE = object_type(
    "EmailMessage", "Email Message", "Email Messages", "02s",
    (
        link("ParentId", "Case ID", "Case", children="EmailMessages", cascade=True,
             create_only=True),
        link("RelatedToId", "Related To ID", *RELATED, children="Emails"),
        text("Subject", "Subject", 3000),
        area("TextBody", "Text Body", 131072), area("HtmlBody", "HTML Body", 131072),
        text("FromName", "From Name", 1000),
        Field("FromAddress", "From Address", "email", length=1000),
        text("ToAddress", "To Address", 4000),
        text("CcAddress", "CC Address", 4000), text("BccAddress", "BCC Address", 4000),
        flag("Incoming", "Is Incoming"),
        choice("Status", "Status", [NEW, READ, REPLIED, SENT, FORWARDED, DRAFT], required=True,
               default=NEW),
        moment("MessageDate", "Message Date"),
        flag("IsPrivateDraft", "Is Private Draft"),
        COUNTERSIGN_ID,
    ),
    name_field="Subject", columns=("ParentId", "FromAddress", "ToAddress", "Status"),
)  # fmt: skip
