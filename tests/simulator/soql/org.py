"""A small org in memory, for queries whose answers fit in a reader's head."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.simulator.soql import (
    ChildRelationship,
    FieldInfo,
    ObjectInfo,
    QueryResult,
    Row,
    run_query,
)
from orchestrator.simulator.soql.values import full_id

AT = dt.datetime(2026, 3, 18, 15, 30, tzinfo=dt.UTC)  # a Wednesday


def sf_id(prefix: str, number: int) -> str:
    return full_id(f"{prefix}{number:012d}")


def entity(name: str, fields: Iterable[FieldInfo], *children: ChildRelationship) -> ObjectInfo:
    return ObjectInfo(
        name,
        {field.name.lower(): field for field in fields},
        {child.name.lower(): child for child in children},
    )


def reference(name: str, relationship: str, *targets: str) -> FieldInfo:
    return FieldInfo(name, "reference", relationship, targets)


ID = FieldInfo("Id", "id")
NAME = FieldInfo("Name", "string")
DELETED = FieldInfo("IsDeleted", "boolean")

ACCOUNT = entity(
    "Account",
    [
        ID, NAME, DELETED, FieldInfo("Industry", "picklist"),
        FieldInfo("NumberOfEmployees", "int"), FieldInfo("AnnualRevenue", "currency"),
        FieldInfo("CreatedDate", "datetime"), reference("OwnerId", "Owner", "User"),
        FieldInfo("Regions__c", "multipicklist", custom=True),
        FieldInfo("Tier__c", "string", custom=True),
    ],
    ChildRelationship("Contacts", "Contact", "AccountId"),
    ChildRelationship("Opportunities", "Opportunity", "AccountId"),
)  # fmt: skip
CONTACT = entity(
    "Contact",
    [
        ID, DELETED, FieldInfo("LastName", "string"), FieldInfo("Email", "email"),
        reference("AccountId", "Account", "Account"),
        reference("ReportsToId", "ReportsTo", "Contact"),
    ],
)  # fmt: skip
OPPORTUNITY = entity(
    "Opportunity",
    [
        ID, NAME, DELETED, FieldInfo("StageName", "picklist"), FieldInfo("Amount", "currency"),
        FieldInfo("CloseDate", "date"), FieldInfo("IsWon", "boolean"),
        reference("AccountId", "Account", "Account"),
    ],
)  # fmt: skip
USER = entity(
    "User", [ID, NAME, FieldInfo("Email", "email"), reference("ManagerId", "Manager", "User")]
)
TASK = entity(
    "Task",
    [
        ID, DELETED, FieldInfo("Subject", "string"),
        reference("WhatId", "What", "Account", "Opportunity"),
    ],
)  # fmt: skip

ADA, BEN = sf_id("005", 1), sf_id("005", 2)
NORTH, SOUTH, EAST, GONE = (sf_id("001", number) for number in (1, 2, 3, 4))
DEAL, LOST, SMALL = (sf_id("006", number) for number in (1, 2, 3))


class Org:
    """Rows by object, kept in the order they were put in."""

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        self._objects = {
            info.name.lower(): info for info in (ACCOUNT, CONTACT, OPPORTUNITY, USER, TASK)
        }
        self._rows = rows

    def object_named(self, name: str) -> ObjectInfo | None:
        return self._objects.get(name.lower())

    def rows(self, object_name: str) -> Iterable[Row]:
        return self._rows.get(object_name, [])

    def row(self, object_name: str, record_id: str) -> Row | None:
        return next((row for row in self.rows(object_name) if row["Id"] == record_id), None)


def account(record_id: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"Id": record_id, "Name": name, "IsDeleted": False, **fields}


ORG = Org(
    {
        "User": [
            {"Id": ADA, "Name": "Ada Holm", "Email": "ada@example.com", "ManagerId": BEN},
            {"Id": BEN, "Name": "Ben Ito", "Email": "ben@example.com", "ManagerId": None},
        ],
        "Account": [
            account(
                NORTH, "Northwind Metering", Industry="Energy", NumberOfEmployees=420, OwnerId=ADA,
                AnnualRevenue=1500000.5, CreatedDate="2026-03-18T00:00:00.000+0000",
                Regions__c="EMEA;APAC", Tier__c="50% off_site",
            ),
            account(
                SOUTH, "southgate labs", Industry="Biotech", NumberOfEmployees=35, OwnerId=BEN,
                AnnualRevenue=None, CreatedDate="2026-03-17T23:59:59.000+0000", Regions__c="AMER",
            ),
            account(
                EAST, "Eastmark O'Dell", Industry=None, NumberOfEmployees=None, OwnerId=ADA,
                CreatedDate=dt.datetime(2025, 12, 31, 22, 0, tzinfo=dt.UTC), Regions__c=None,
            ),
            account(GONE, "Goneby", IsDeleted=True, Industry="Energy", OwnerId=BEN),
        ],
        "Contact": [
            {"Id": sf_id("003", 1), "LastName": "Reyes", "Email": "r@example.com",
             "AccountId": NORTH, "ReportsToId": None, "IsDeleted": False},
            {"Id": sf_id("003", 2), "LastName": "Okafor", "Email": None,
             "AccountId": NORTH, "ReportsToId": sf_id("003", 1), "IsDeleted": False},
            {"Id": sf_id("003", 3), "LastName": "Lund", "Email": "l@example.com",
             "AccountId": None, "ReportsToId": None, "IsDeleted": False},
        ],
        "Opportunity": [
            {"Id": DEAL, "Name": "Deal", "StageName": "Negotiation", "Amount": 100.0,
             "CloseDate": "2026-03-31", "IsWon": False, "AccountId": NORTH, "IsDeleted": False},
            {"Id": LOST, "Name": "Lost", "StageName": "Closed Lost", "Amount": None,
             "CloseDate": dt.date(2026, 1, 15), "IsWon": False, "AccountId": SOUTH,
             "IsDeleted": False},
            {"Id": SMALL, "Name": "Small", "StageName": "Negotiation", "Amount": 50.0,
             "CloseDate": "2026-04-01", "IsWon": True, "AccountId": NORTH, "IsDeleted": False},
        ],
        "Task": [
            {"Id": sf_id("00T", 1), "Subject": "Call", "WhatId": DEAL, "IsDeleted": False},
            {"Id": sf_id("00T", 2), "Subject": "Visit", "WhatId": NORTH, "IsDeleted": False},
        ],
    }
)  # fmt: skip


def ask(text: str, **options: Any) -> QueryResult:
    return run_query(text, source=ORG, at=AT, **options)


def names(text: str, field: str = "Name", **options: Any) -> list[Any]:
    return [record[field] for record in ask(text, **options).records]
