"""What each error code of Salesforce means for us: a table, looked up by code, then by status."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.connectors.errors import ErrorClass

E = ErrorClass
TEXT_LIMIT = 1000
# Reported for the bystanders of a failed transaction: the cause is another subrequest.
COLLATERAL = frozenset({"PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK"})
# How a failed guard can be called; every one of them came with a 412.
FAILED_GUARD = frozenset(
    {
        "HTTP_412",
        "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
        "MATCH_PRECONDITION_FAILED",
        "PRECONDITION_FAILED",
    }
)
# What a trigger or a flow ran into comes wrapped in these.
WRAPPERS = frozenset({"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER"})
# The whole org is closed to us, whoever signs in, until a person there changes that.
CLOSED_TO_US = frozenset({"API_DISABLED_FOR_ORG"})
# A 401 with one of these is about what the session may do; a new one would be no better.
SESSION_OF_THE_WRONG_KIND = (
    "This session is not valid for use with the REST API",
    "Connected app is not attached to Agent",
)

BY_CODE: dict[str, ErrorClass] = {
    "INVALID_FIELD": E.VALIDATION,
    "REQUIRED_FIELD_MISSING": E.VALIDATION,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": E.VALIDATION,
    "FIELD_INTEGRITY_EXCEPTION": E.VALIDATION,
    "FIELD_FILTER_VALIDATION_EXCEPTION": E.VALIDATION,
    "NUMBER_OUTSIDE_VALID_RANGE": E.VALIDATION,
    "INVALID_EMAIL_ADDRESS": E.VALIDATION,
    "INVALID_TYPE": E.VALIDATION,
    "INVALID_TYPE_ON_FIELD_IN_RECORD": E.VALIDATION,
    "JSON_PARSER_ERROR": E.VALIDATION,
    "STRING_TOO_LONG": E.VALIDATION,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": E.VALIDATION,
    "MALFORMED_ID": E.VALIDATION,
    "MALFORMED_QUERY": E.VALIDATION,
    "INVALID_QUERY_FILTER_OPERATOR": E.VALIDATION,
    "QUERY_TOO_COMPLICATED": E.VALIDATION,
    "OPERATION_TOO_LARGE": E.VALIDATION,
    "MATCH_PRECONDITION_REQUIRED": E.VALIDATION,
    "MIXED_DML_OPERATION": E.VALIDATION,
    "SELF_REFERENCE_FROM_TRIGGER": E.VALIDATION,
    "UNSUPPORTED_API_VERSION": E.VALIDATION,
    "INVALID_VERSION": E.VALIDATION,
    "GONE": E.VALIDATION,
    "METHOD_NOT_ALLOWED": E.VALIDATION,
    "IDEMPOTENCY_FEATURE_NOT_ENABLED": E.VALIDATION,
    "IDEMPOTENCY_NOT_SUPPORTED": E.VALIDATION,
    "INVALID_IDEMPOTENCY_KEY": E.VALIDATION,
    "NOT_FOUND": E.CONFLICT,
    "ENTITY_IS_DELETED": E.CONFLICT,
    "CANNOT_UPDATE_CONVERTED_LEAD": E.CONFLICT,
    "DUPLICATE_VALUE": E.CONFLICT,
    "DUPLICATE_EXTERNAL_ID": E.CONFLICT,
    "DUPLICATES_DETECTED": E.CONFLICT,
    "ENTITY_IS_LOCKED": E.CONFLICT,
    # Salesforce's other word for a record that an approval locks.
    "INVALID_OPERATION": E.CONFLICT,
    "RECORD_IN_USE_BY_WORKFLOW": E.CONFLICT,
    "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE": E.CONFLICT,
    "MATCH_PRECONDITION_FAILED": E.CONFLICT,
    "PRECONDITION_FAILED": E.CONFLICT,
    "UNABLE_TO_LOCK_ROW": E.TRANSIENT,
    "TXN_SECURITY_METERING_ERROR": E.TRANSIENT,
    "TOO_MANY_APEX_REQUESTS": E.TRANSIENT,
    "LOGIN_RATE_EXCEEDED": E.TRANSIENT,
    "TEMPORARY_QUERY_MORE_FAILURE": E.TRANSIENT,
    "SERVER_UNAVAILABLE": E.TRANSIENT,
    "API_CURRENTLY_DISABLED": E.TRANSIENT,
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": E.TRANSIENT,
    # Rolled back for certain, and nothing says why: worth another try.
    "PROCESSING_HALTED": E.TRANSIENT,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": E.TRANSIENT,
    "INVALID_FIELD_FOR_INSERT_UPDATE": E.PERMISSION,
    "INSUFFICIENT_ACCESS_OR_READONLY": E.PERMISSION,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": E.PERMISSION,
    "INSUFFICIENT_ACCESS": E.PERMISSION,
    "TRANSFER_REQUIRES_READ": E.PERMISSION,
    "INACTIVE_OWNER_OR_USER": E.PERMISSION,
    "FUNCTIONALITY_NOT_ENABLED": E.PERMISSION,
    "TXN_SECURITY_NO_ACCESS": E.PERMISSION,
    "TXN_SECURITY_APEX_ERROR": E.PERMISSION,
    "TXN_SECURITY_RUNTIME_ERROR": E.PERMISSION,
    "INVALID_SESSION_ID": E.AUTH,
    "INVALID_AUTH_HEADER": E.AUTH,
    # No commit is at fault when the org lets nobody in, and every one of them would meet it.
    "API_DISABLED_FOR_ORG": E.AUTH,
    "INVALID_LOGIN": E.AUTH,
    "LOGIN_MUST_USE_SECURITY_TOKEN": E.AUTH,
    "LOGIN_DURING_RESTRICTED_DOMAIN": E.AUTH,
    "LOGIN_DURING_RESTRICTED_TIME": E.AUTH,
    "PASSWORD_LOCKOUT": E.AUTH,
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": E.AUTH,
    "invalid_grant": E.AUTH,
    "invalid_client": E.AUTH,
    "invalid_client_id": E.AUTH,
    "invalid_request": E.AUTH,
    "unsupported_grant_type": E.AUTH,
    # "Try again", says its own documentation, and often enough that is all it takes.
    "CANNOT_EXECUTE_FLOW_TRIGGER": E.AGAIN_ONCE,
    # Not windows that open again by themselves while an approval lasts: storage stays full until
    # somebody clears it, and a day's emails come back tomorrow. A person has to know.
    "STORAGE_LIMIT_EXCEEDED": E.CAPACITY,
    "LIMIT_EXCEEDED": E.CAPACITY,
    "EXCEEDED_QUOTA": E.CAPACITY,
    "SINGLE_EMAIL_LIMIT_EXCEEDED": E.CAPACITY,
    "QUERY_TIMEOUT": E.UNKNOWN,
    "REQUEST_RUNNING_TOO_LONG": E.UNKNOWN,
    "UNKNOWN_EXCEPTION": E.UNKNOWN,
}

BY_STATUS: dict[int, ErrorClass] = {
    401: E.AUTH,
    403: E.PERMISSION,
    404: E.CONFLICT,
    408: E.UNKNOWN,
    409: E.CONFLICT,
    412: E.CONFLICT,
    420: E.TRANSIENT,
    429: E.TRANSIENT,
    500: E.UNKNOWN,
    502: E.UNKNOWN,
    503: E.TRANSIENT,
    504: E.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class CrmError:
    """One error as Salesforce words it."""

    code: str
    text: str


def classify(code: str, status: int, text: str = "") -> ErrorClass:
    """
    Return the class of an error: by its code, and by the HTTP status if the code says nothing.

    A 412 is a conflict whatever its body says, because no document says what its body is.
    """
    if status == 412:
        return E.CONFLICT
    by_text = _split(code, status, text)
    if by_text is not None:
        return by_text
    return BY_CODE.get(code) or by_status(status)


def a_new_session_may_help(error: CrmError) -> bool:
    """Say whether signing in again is worth a try after a refusal of the class auth."""
    return error.code not in CLOSED_TO_US and error.text not in SESSION_OF_THE_WRONG_KIND


def by_status(status: int) -> ErrorClass:
    """Return the class of an answer that has no error code we know."""
    return BY_STATUS.get(status) or (E.UNKNOWN if status >= 500 or status < 300 else E.VALIDATION)


def read_errors(content: Any) -> list[CrmError]:
    """Return the errors in a body: a list of objects, one object, HTML or nothing at all."""
    return list(_errors_in(content))


def _errors_in(content: Any) -> Iterator[CrmError]:
    for item in content if isinstance(content, list) else [content]:
        if not isinstance(item, Mapping):
            continue
        # Rows say `errorCode`, collections say `statusCode`, sign-in says `error`.
        code = item.get("errorCode") or item.get("statusCode") or item.get("error") or ""
        text = item.get("message") or item.get("error_description") or ""
        if code or text:
            yield CrmError(code=str(code)[:80], text=str(text)[:TEXT_LIMIT])


def _split(code: str, status: int, text: str) -> ErrorClass | None:
    """Return the class of the codes whose meaning depends on the message or the status."""
    if code == "REQUEST_LIMIT_EXCEEDED":
        return E.TRANSIENT if "concurrent" in text.lower() else E.QUOTA
    if code == "INVALID_CROSS_REFERENCE_KEY":
        return E.CONFLICT if status == 404 else E.VALIDATION
    if code in WRAPPERS and "UNABLE_TO_LOCK_ROW" in text:
        return E.TRANSIENT
    if code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":
        return E.VALIDATION if "caused by" in text or "execution of" in text else E.PERMISSION
    return None
