"""Descriptions of objects as Salesforce answers them, shortened to what is read."""

from typing import Any


def field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """Return one field."""
    return {
        "name": name, "label": name, "type": kind, "nillable": True, "createable": True,
        "updateable": True, "length": 255, "externalId": False, "picklistValues": [],
        "referenceTo": [], "nameField": False, **more,
    }  # fmt: skip


def described(name: str, prefix: str, *fields: dict[str, Any]) -> dict[str, Any]:
    """Return an object with the fields that every object has, and these."""
    system = [
        field("Id", "id", createable=False, updateable=False),
        field("LastModifiedDate", "datetime", updateable=False),
        field("SystemModstamp", "datetime", updateable=False),
        field("LastModifiedById", "reference", referenceTo=["User"], updateable=False),
    ]
    return {"name": name, "label": name, "keyPrefix": prefix, "fields": [*system, *fields]}


EXTERNAL_ID = field("Countersign_Id__c", externalId=True, unique=True)
ACCOUNT = described(
    "Account",
    "001",
    field("Name", nameField=True),
    field("ParentId", "reference", referenceTo=["Account"]),
    field("AnnualRevenue", "currency"),
)
OPPORTUNITY = described(
    "Opportunity",
    "006",
    field("Name", nameField=True),
    field("AccountId", "reference", referenceTo=["Account"]),
    field("Amount", "currency"),
    field(
        "StageName",
        "picklist",
        picklistValues=[
            {"value": "Prospecting", "active": True},
            {"value": "Old", "active": False},
            {"value": "Closed Won", "active": True},
        ],
    ),
    EXTERNAL_ID,
)
TASK = described(
    "Task",
    "00T",
    field("Subject", nameField=True),
    field("WhatId", "reference", referenceTo=["Account", "Opportunity", "Case"]),
)
LINE = described(
    "Line__c",
    "a0B",
    field("Name", nameField=True),
    field("AccountId", "reference", referenceTo=["Account"]),
    field("Quote__c", "reference", referenceTo=["Quote__c"], relationshipOrder=0),
)
