"""The shapes of SCIM 2.0 (RFC 7643 and 7644), as far as closing accounts needs them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
CONFIGURATION = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
FILTER = re.compile(r'\s*userName\s+eq\s+"((?:[^"\\]|\\["\\])*)"\s*', re.IGNORECASE)
TRUTHS = {"true": True, "false": False}


class BadScim(DomainError):
    """The request says nothing that can be done here."""

    code, status, title = "bad_scim", 400, "The request makes no sense"

    def __init__(self, detail: str, scim_type: str) -> None:
        """Keep the name that RFC 7644 gives the fault."""
        super().__init__(detail)
        self.scim_type = scim_type


def user_shape(person: User) -> dict[str, Any]:
    """Return one person as SCIM writes them."""
    shape: dict[str, Any] = {
        "schemas": [USER],
        "id": str(person.pk),
        "userName": person.username,
        "name": {"givenName": person.first_name, "familyName": person.last_name},
        "displayName": person.display_name,
        "active": person.is_active,
        "meta": {
            "resourceType": "User",
            "location": f"{settings.PUBLIC_URL}/scim/v2/Users/{person.pk}",
        },
    }
    if person.email:
        shape["emails"] = [{"value": person.email, "primary": True}]
    return shape


def list_shape(people: Sequence[User], *, total: int, start: int) -> dict[str, Any]:
    """Return a page of people."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(people),
        "Resources": [user_shape(person) for person in people],
    }


def error_shape(status: int, detail: str, scim_type: str = "") -> dict[str, Any]:
    """Return a refusal."""
    shape: dict[str, Any] = {"schemas": [ERROR], "status": str(status), "detail": detail}
    if scim_type:
        shape["scimType"] = scim_type
    return shape


def configuration_shape() -> dict[str, Any]:
    """Return what this end can do."""
    no = {"supported": False}
    return {
        "schemas": [CONFIGURATION],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 200},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The token that the administrator of this site gave.",
            }
        ],
    }


def name_wanted(text: str) -> str:
    """
    Return the user name that a filter asks for; nothing where there is no filter.

    :raises BadScim: if it is any other filter
    """
    if not text:
        return ""
    found = FILTER.fullmatch(text)
    if found is None or "\x00" in text:
        raise BadScim('Only the filter userName eq "…" is known here.', "invalidFilter")
    return re.sub(r"\\(.)", r"\1", found[1])


def active_of_resource(body: Mapping[str, Any]) -> bool:
    """
    Return whether a whole resource is active; what else it says is kept here, not there.

    :raises BadScim: if it does not say
    """
    if "active" not in body:
        raise BadScim("The resource does not say whether it is active.", "invalidValue")
    return _truth(body["active"])


def active_of_patch(body: Mapping[str, Any]) -> bool:
    """
    Return what a patch makes of `active`; the two ways of writing it that directories have.

    :raises BadScim: if it changes anything else, or nothing
    """
    wanted = None
    operations = body.get("Operations")
    if not isinstance(operations, list):
        raise BadScim("A patch is a list of Operations.", "invalidSyntax")
    for operation in operations:
        if not isinstance(operation, dict) or str(operation.get("op", "")).lower() != "replace":
            raise BadScim("Only replacing is known here.", "invalidSyntax")
        path, value = operation.get("path"), operation.get("value")
        if path is None and isinstance(value, dict) and set(value) == {"active"}:
            wanted = _truth(value["active"])
        elif path == "active":
            wanted = _truth(value)
        else:
            raise BadScim("Only active can be changed here.", "invalidPath")
    if wanted is None:
        raise BadScim("The patch changes nothing.", "invalidValue")
    return wanted


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    # One large directory sends the words "True" and "False".
    if isinstance(value, str) and value.lower() in TRUTHS:
        return TRUTHS[value.lower()]
    raise BadScim("active is true or false.", "invalidValue")
