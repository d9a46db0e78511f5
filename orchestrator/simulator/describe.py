"""What objects and fields look like."""

import datetime as dt
from typing import Any

from orchestrator.simulator import clock
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import method_not_allowed
from orchestrator.simulator.fields import NUMBERS, Field, ObjectType
from orchestrator.simulator.schema import Schema

# The schema is part of the program; it last changed for everybody at once.
CHANGED = dt.datetime(2026, 1, 15, tzinfo=dt.UTC)
SOAP_TYPES = {
    "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double", "currency": "xsd:double",
    "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime", "id": "tns:ID",
    "reference": "tns:ID",
}  # fmt: skip
NOT_FILTERED = frozenset({"textarea"})


def all_objects(call: Call) -> Answer:
    """
    Return the short description of every object.

    :raises Refusal: if the method is not a read
    """
    context = call.context
    seen = context.org.permissions.types(context.user_id)
    return _described(call, lambda: {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [summary(context.base, kind) for kind in seen],
    })  # fmt: skip


def one_object(call: Call, kind: ObjectType) -> Answer:
    """
    Return the full description of an object.

    :raises Refusal: if the method is not a read
    """
    schema = call.context.org.schema
    return _described(call, lambda: {
        **summary(call.context.base, kind),
        "fields": [_field(kind, field) for field in kind.fields.values()],
        "childRelationships": _children(schema, kind),
        "recordTypeInfos": [_master_record_type(call.context.base, kind)],
        "supportedScopes": [
            {"label": f"All {kind.plural.lower()}", "name": "everything"},
            {"label": f"My {kind.plural.lower()}", "name": "mine"},
        ],
    })  # fmt: skip


def summary(base: str, kind: ObjectType) -> dict[str, Any]:
    """Return the short description of an object."""
    root = f"{base}/sobjects/{kind.name}"
    return {
        "name": kind.name, "label": kind.label, "labelPlural": kind.plural,
        "keyPrefix": kind.prefix, "custom": kind.custom, "customSetting": False,
        "activateable": False, "createable": kind.writable and "create" in kind.allowed,
        "updateable": kind.writable and "edit" in kind.allowed,
        "deletable": kind.writable and kind.name != "User" and "delete" in kind.allowed,
        "undeletable": kind.writable,
        "queryable": True, "retrieveable": True, "searchable": kind.writable,
        "replicateable": True, "mergeable": kind.name in ("Account", "Contact", "Lead"),
        "layoutable": kind.writable, "triggerable": kind.writable, "feedEnabled": False,
        "deprecatedAndHidden": False, "hasSubtypes": False, "isSubtype": False, "mruEnabled": True,
        "urls": {
            "sobject": root,
            "describe": f"{root}/describe",
            "rowTemplate": f"{root}/{{ID}}",
        },
    }  # fmt: skip


def _described(call: Call, body: Any) -> Answer:
    if call.method not in ("GET", "HEAD"):
        raise method_not_allowed(call.method, ("HEAD", "GET"))
    headers = {"Last-Modified": clock.http_date(CHANGED)}
    asked = call.asked_for("if-modified-since")
    try:
        if asked is not None and clock.read_http_date(asked) >= CHANGED:
            return Answer(304, headers=headers)
    except ValueError:
        pass
    return Answer(200, body(), headers)


def _field(kind: ObjectType, field: Field) -> dict[str, Any]:
    number = field.type in NUMBERS
    writable = kind.writable and field.writable
    has_default = field.default is not None or field.name == "OwnerId"
    return {
        "name": field.name, "label": field.label, "type": field.type,
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
        "length": 0 if number else field.length, "byteLength": 0 if number else field.length * 3,
        "digits": field.digits if field.type == "int" else 0,
        "precision": field.digits if number and field.type != "int" else 0,
        "scale": field.scale if number else 0,
        "nillable": not field.required and field.type not in ("boolean", "id"),
        "createable": writable, "updateable": writable and not field.create_only,
        "externalId": field.external_id, "idLookup": field.external_id or field.name == "Id",
        "unique": field.unique, "caseSensitive": False, "custom": field.custom,
        "calculated": field.calculated, "autoNumber": bool(field.pattern),
        "nameField": field.name == kind.name_field, "namePointing": len(field.reference_to) > 1,
        "restrictedPicklist": field.restricted,
        "picklistValues": [_choice(field, value) for value in field.values],
        "dependentPicklist": False, "controllerName": None,
        "referenceTo": list(field.reference_to), "relationshipName": field.relationship,
        "cascadeDelete": field.cascade, "restrictedDelete": False,
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "writeRequiresMasterRead": False, "relationshipOrder": None,
        "defaultValue": field.default, "defaultedOnCreate": has_default or bool(field.pattern),
        "filterable": field.type not in NOT_FILTERED, "sortable": field.type not in NOT_FILTERED,
        "groupable": field.type not in NOT_FILTERED and not number, "aggregatable": True,
        "permissionable": writable and not field.required, "encrypted": False,
        "htmlFormatted": False, "inlineHelpText": None, "deprecatedAndHidden": False,
        "compoundFieldName": None, "extraTypeInfo": "plaintextarea"
        if field.type == "textarea" else None,
    }  # fmt: skip


def _choice(field: Field, value: str) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": value == field.default,
        "label": value,
        "validFor": None,
        "value": value,
    }


def _children(schema: Schema, kind: ObjectType) -> list[dict[str, Any]]:
    return [
        {
            "childSObject": child.name,
            "field": field.name,
            "relationshipName": field.children,
            "cascadeDelete": field.cascade,
            "restrictedDelete": False,
            "deprecatedAndHidden": False,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
        }
        for child, field in schema.children(kind)
    ]


def _master_record_type(base: str, kind: ObjectType) -> dict[str, Any]:
    record_type = "012000000000000AAA"
    layout = f"{base}/sobjects/{kind.name}/describe/layouts/{record_type}"
    return {
        "active": True, "available": True, "defaultRecordTypeMapping": True,
        "developerName": "Master", "master": True, "name": "Master",
        "recordTypeId": record_type, "urls": {"layout": layout},
    }  # fmt: skip
