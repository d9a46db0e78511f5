"""What an administrator of the org added: quotes, and the marker of our commits."""

from orchestrator.simulator.fields import (
    COUNTERSIGN_ID,
    area,
    choice,
    day,
    flag,
    key,
    link,
    number,
    object_type,
    owner,
    text,
)

QUOTE = object_type(
    "Quote__c", "Quote", "Quotes", "a0Q",
    (
        text("Name", "Quote Name", 80, required=True),
        text("Quote_Number__c", "Quote Number", 30, writable=False, pattern="Q-{:05d}"),
        link("Opportunity__c", "Opportunity", "Opportunity", children="Quotes__r", required=True,
             cascade=True, create_only=True),
        choice("Status__c", "Status", ["Draft", "In Review", "Approved", "Presented", "Accepted",
                                       "Rejected"], default="Draft"),
        number("Total__c", "Total", "currency"),
        number("Discount__c", "Discount (%)", "percent", digits=3, scale=1),
        day("Expires_On__c", "Expires On"),
        choice("Terms__c", "Payment Terms", ["Net 30", "Net 45", "Net 60", "Prepaid"]),
        flag("Price_Check_Passed__c", "Price Check Passed"),
        area("Notes__c", "Notes"),
        owner(),
        COUNTERSIGN_ID,
    ),
    history="Quote__History", history_parent="ParentId",
    columns=("Opportunity__c", "Status__c", "Total__c", "Discount__c", "Expires_On__c"),
)  # fmt: skip
COMMIT = object_type(
    "Countersign_Commit__c", "Countersign Commit", "Countersign Commits", "a0C",
    (
        text("Name", "Commit Name", 80, writable=False, pattern="CC-{:06d}"),
        key("Commit_Id__c", "Commit Id"),
        text("Proposal_Id__c", "Proposal Id", 120, tracked=False),
        text("Proposal_Url__c", "Proposal URL", 255, tracked=False),
        text("Digest__c", "Digest", 80, tracked=False),
        owner(),
    ),
    columns=("Commit_Id__c", "Proposal_Id__c", "CreatedDate"),
)  # fmt: skip
