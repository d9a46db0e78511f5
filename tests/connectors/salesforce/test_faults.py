"""Every row of the table of error codes."""

import pytest

from orchestrator.connectors.errors import ErrorClass
from orchestrator.connectors.salesforce.faults import CrmError, classify, read_errors

E = ErrorClass
LOCKED = "unable to obtain exclusive access: UNABLE_TO_LOCK_ROW"
APEX = "MyTrigger: execution of BeforeUpdate caused by: System.DmlException"

ROWS = [
    ("INVALID_FIELD", 400, "", E.VALIDATION),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", 400, "", E.PERMISSION),
    ("REQUIRED_FIELD_MISSING", 400, "", E.VALIDATION),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "", E.VALIDATION),
    ("FIELD_INTEGRITY_EXCEPTION", 400, "", E.VALIDATION),
    ("FIELD_FILTER_VALIDATION_EXCEPTION", 400, "", E.VALIDATION),
    ("NUMBER_OUTSIDE_VALID_RANGE", 400, "", E.VALIDATION),
    ("INVALID_EMAIL_ADDRESS", 400, "", E.VALIDATION),
    ("INVALID_TYPE_ON_FIELD_IN_RECORD", 400, "", E.VALIDATION),
    ("JSON_PARSER_ERROR", 400, "", E.VALIDATION),
    ("STRING_TOO_LONG", 400, "", E.VALIDATION),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400, "", E.VALIDATION),
    ("INVALID_CROSS_REFERENCE_KEY", 400, "", E.VALIDATION),
    ("INVALID_CROSS_REFERENCE_KEY", 404, "", E.CONFLICT),
    ("MALFORMED_ID", 400, "", E.VALIDATION),
    ("NOT_FOUND", 404, "", E.CONFLICT),
    ("ENTITY_IS_DELETED", 404, "", E.CONFLICT),
    ("ENTITY_IS_DELETED", 400, "", E.CONFLICT),
    ("CANNOT_UPDATE_CONVERTED_LEAD", 400, "", E.CONFLICT),
    ("DUPLICATE_VALUE", 400, "", E.CONFLICT),
    ("DUPLICATE_EXTERNAL_ID", 300, "", E.CONFLICT),
    ("DUPLICATES_DETECTED", 400, "Use one of these records?", E.CONFLICT),
    ("ENTITY_IS_LOCKED", 400, "", E.CONFLICT),
    ("RECORD_IN_USE_BY_WORKFLOW", 400, "", E.CONFLICT),
    ("UNABLE_TO_LOCK_ROW", 400, "", E.TRANSIENT),
    ("PROCESSING_HALTED", 400, "", E.TRANSIENT),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", 400, "", E.TRANSIENT),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 400, "", E.PERMISSION),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 403, "", E.PERMISSION),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", 400, "", E.PERMISSION),
    ("INSUFFICIENT_ACCESS", 403, "", E.PERMISSION),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, "", E.PERMISSION),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, APEX, E.VALIDATION),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, f"{APEX} {LOCKED}", E.TRANSIENT),
    ("TRANSFER_REQUIRES_READ", 400, "", E.PERMISSION),
    ("INACTIVE_OWNER_OR_USER", 400, "", E.PERMISSION),
    ("FUNCTIONALITY_NOT_ENABLED", 403, "", E.PERMISSION),
    ("API_DISABLED_FOR_ORG", 403, "", E.PERMISSION),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, "Try again", E.VALIDATION),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, LOCKED, E.TRANSIENT),
    ("TXN_SECURITY_NO_ACCESS", 403, "", E.PERMISSION),
    ("TXN_SECURITY_APEX_ERROR", 403, "", E.PERMISSION),
    ("TXN_SECURITY_RUNTIME_ERROR", 403, "", E.PERMISSION),
    ("TXN_SECURITY_METERING_ERROR", 403, "", E.TRANSIENT),
    ("INVALID_SESSION_ID", 401, "Session expired or invalid", E.AUTH),
    ("INVALID_AUTH_HEADER", 401, "", E.AUTH),
    ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.", E.QUOTA),
    (
        "REQUEST_LIMIT_EXCEEDED",
        403,
        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        E.TRANSIENT,
    ),
    ("STORAGE_LIMIT_EXCEEDED", 403, "", E.QUOTA),
    ("LIMIT_EXCEEDED", 400, "", E.QUOTA),
    ("EXCEEDED_QUOTA", 400, "", E.QUOTA),
    ("SINGLE_EMAIL_LIMIT_EXCEEDED", 400, "", E.QUOTA),
    ("TOO_MANY_APEX_REQUESTS", 403, "", E.TRANSIENT),
    ("SERVER_UNAVAILABLE", 503, "", E.TRANSIENT),
    ("API_CURRENTLY_DISABLED", 403, "", E.TRANSIENT),
    ("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", 400, "", E.TRANSIENT),
    ("QUERY_TIMEOUT", 400, "", E.UNKNOWN),
    ("REQUEST_RUNNING_TOO_LONG", 400, "", E.UNKNOWN),
    ("UNKNOWN_EXCEPTION", 500, "", E.UNKNOWN),
    ("ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE", 412, "", E.CONFLICT),
    ("MATCH_PRECONDITION_FAILED", 412, "", E.CONFLICT),
    ("", 412, "", E.CONFLICT),
    ("SOMETHING_NEW", 412, "", E.CONFLICT),
    ("MIXED_DML_OPERATION", 400, "", E.VALIDATION),
    ("SELF_REFERENCE_FROM_TRIGGER", 400, "", E.VALIDATION),
    ("UNSUPPORTED_API_VERSION", 400, "", E.VALIDATION),
    ("INVALID_VERSION", 404, "", E.VALIDATION),
    ("GONE", 410, "", E.VALIDATION),
    ("METHOD_NOT_ALLOWED", 405, "", E.VALIDATION),
    ("IDEMPOTENCY_FEATURE_NOT_ENABLED", 400, "", E.VALIDATION),
    ("IDEMPOTENCY_NOT_SUPPORTED", 400, "", E.VALIDATION),
    ("INVALID_IDEMPOTENCY_KEY", 400, "", E.VALIDATION),
]

BY_STATUS_ALONE = [
    (300, E.VALIDATION),
    (302, E.VALIDATION),
    (400, E.VALIDATION),
    (401, E.AUTH),
    (403, E.PERMISSION),
    (404, E.CONFLICT),
    (409, E.CONFLICT),
    (410, E.VALIDATION),
    (420, E.TRANSIENT),
    (429, E.TRANSIENT),
    (500, E.UNKNOWN),
    (502, E.UNKNOWN),
    (503, E.TRANSIENT),
    (504, E.UNKNOWN),
    (599, E.UNKNOWN),
]


@pytest.mark.req("E2")
class TestClassify:
    @pytest.mark.parametrize(("code", "status", "text", "expected"), ROWS)
    def test_follows_the_table(self, code, status, text, expected):
        assert classify(code, status, text) is expected

    @pytest.mark.parametrize(("status", "expected"), BY_STATUS_ALONE)
    def test_follows_the_status_when_the_code_says_nothing(self, status, expected):
        assert classify("", status) is expected
        assert classify("A_CODE_OF_NEXT_YEAR", status) is expected


class TestReadErrors:
    @pytest.mark.parametrize(
        "content",
        [
            [{"errorCode": "X", "message": "m", "fields": ["Name"]}],
            [{"statusCode": "X", "message": "m"}],
            {"error": "X", "error_description": "m"},
        ],
    )
    def test_reads_every_shape_that_salesforce_has(self, content):
        assert read_errors(content) == [CrmError("X", "m")]

    @pytest.mark.parametrize("content", ["<html>503</html>", "", None, [], [1], {}, 5])
    def test_finds_nothing_in_what_is_not_an_error(self, content):
        assert read_errors(content) == []

    def test_cuts_a_text_without_end(self):
        assert len(read_errors([{"errorCode": "X", "message": "m" * 5000}])[0].text) == 1000
