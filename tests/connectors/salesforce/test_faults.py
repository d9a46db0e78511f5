"""Every row of the table of error codes, in every shape that can carry it."""

import pytest

from orchestrator.commits.retry import Step, next_step
from orchestrator.connectors.errors import ErrorClass, Transient, Unauthorised
from orchestrator.connectors.salesforce import composite
from orchestrator.connectors.salesforce.client import ERRORS, SessionExpired, refusal
from orchestrator.connectors.salesforce.faults import (
    BY_CODE,
    SESSION_OF_THE_WRONG_KIND,
    CrmError,
    classify,
    read_errors,
)
from tests.connectors.salesforce.test_composite import OTHER, answer, fault_of, plan, unit, update

E = ErrorClass
LOCKED = "unable to obtain exclusive access: UNABLE_TO_LOCK_ROW"
APEX = "MyTrigger: execution of BeforeUpdate caused by: System.DmlException"

# One row for each row of the reference's table: code, status, message, class, next step.
ROWS = [
    ("INVALID_FIELD", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", 400, "", E.PERMISSION, Step.FAIL),
    ("REQUIRED_FIELD_MISSING", 400, "", E.VALIDATION, Step.FAIL),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "", E.VALIDATION, Step.FAIL),
    ("FIELD_INTEGRITY_EXCEPTION", 400, "", E.VALIDATION, Step.FAIL),
    ("FIELD_FILTER_VALIDATION_EXCEPTION", 400, "", E.VALIDATION, Step.FAIL),
    ("NUMBER_OUTSIDE_VALID_RANGE", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_EMAIL_ADDRESS", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_TYPE_ON_FIELD_IN_RECORD", 400, "", E.VALIDATION, Step.FAIL),
    ("JSON_PARSER_ERROR", 400, "", E.VALIDATION, Step.FAIL),
    ("STRING_TOO_LONG", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_CROSS_REFERENCE_KEY", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_CROSS_REFERENCE_KEY", 404, "", E.CONFLICT, Step.COMPARE),
    ("MALFORMED_ID", 400, "", E.VALIDATION, Step.FAIL),
    ("NOT_FOUND", 404, "", E.CONFLICT, Step.COMPARE),
    ("ENTITY_IS_DELETED", 404, "", E.CONFLICT, Step.COMPARE),
    ("ENTITY_IS_DELETED", 400, "", E.CONFLICT, Step.COMPARE),
    ("CANNOT_UPDATE_CONVERTED_LEAD", 400, "", E.CONFLICT, Step.COMPARE),
    ("DUPLICATE_VALUE", 400, "", E.CONFLICT, Step.COMPARE),
    ("DUPLICATE_EXTERNAL_ID", 300, "", E.CONFLICT, Step.COMPARE),
    ("DUPLICATES_DETECTED", 400, "Use one of these records?", E.CONFLICT, Step.COMPARE),
    ("ENTITY_IS_LOCKED", 400, "", E.CONFLICT, Step.COMPARE),
    ("RECORD_IN_USE_BY_WORKFLOW", 400, "", E.CONFLICT, Step.COMPARE),
    ("UNABLE_TO_LOCK_ROW", 400, "", E.TRANSIENT, Step.AGAIN),
    ("PROCESSING_HALTED", 400, "", E.TRANSIENT, Step.AGAIN),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", 400, "", E.TRANSIENT, Step.AGAIN),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 400, "", E.PERMISSION, Step.FAIL),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 403, "", E.PERMISSION, Step.FAIL),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", 400, "", E.PERMISSION, Step.FAIL),
    ("INSUFFICIENT_ACCESS", 403, "", E.PERMISSION, Step.FAIL),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, "", E.PERMISSION, Step.FAIL),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, APEX, E.VALIDATION, Step.FAIL),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, f"{APEX} {LOCKED}", E.TRANSIENT, Step.AGAIN),
    ("TRANSFER_REQUIRES_READ", 400, "", E.PERMISSION, Step.FAIL),
    ("INACTIVE_OWNER_OR_USER", 400, "", E.PERMISSION, Step.FAIL),
    ("FUNCTIONALITY_NOT_ENABLED", 403, "", E.PERMISSION, Step.FAIL),
    ("API_DISABLED_FOR_ORG", 403, "", E.AUTH, Step.PARK),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, "Try again", E.AGAIN_ONCE, Step.AGAIN),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, LOCKED, E.TRANSIENT, Step.AGAIN),
    ("TXN_SECURITY_NO_ACCESS", 403, "", E.PERMISSION, Step.FAIL),
    ("TXN_SECURITY_APEX_ERROR", 403, "", E.PERMISSION, Step.FAIL),
    ("TXN_SECURITY_RUNTIME_ERROR", 403, "", E.PERMISSION, Step.FAIL),
    ("TXN_SECURITY_METERING_ERROR", 403, "", E.TRANSIENT, Step.AGAIN),
    ("INVALID_SESSION_ID", 401, "Session expired or invalid", E.AUTH, Step.PARK),
    ("INVALID_AUTH_HEADER", 401, "", E.AUTH, Step.PARK),
    ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.", E.QUOTA, Step.PARK),
    (
        "REQUEST_LIMIT_EXCEEDED",
        403,
        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        E.TRANSIENT,
        Step.AGAIN,
    ),
    ("STORAGE_LIMIT_EXCEEDED", 403, "", E.CAPACITY, Step.FAIL),
    ("LIMIT_EXCEEDED", 400, "", E.CAPACITY, Step.FAIL),
    ("EXCEEDED_QUOTA", 400, "", E.CAPACITY, Step.FAIL),
    ("SINGLE_EMAIL_LIMIT_EXCEEDED", 400, "", E.CAPACITY, Step.FAIL),
    ("TOO_MANY_APEX_REQUESTS", 403, "", E.TRANSIENT, Step.AGAIN),
    ("SERVER_UNAVAILABLE", 503, "", E.TRANSIENT, Step.AGAIN),
    ("API_CURRENTLY_DISABLED", 403, "", E.TRANSIENT, Step.AGAIN),
    ("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", 400, "", E.TRANSIENT, Step.AGAIN),
    ("QUERY_TIMEOUT", 400, "", E.UNKNOWN, Step.SETTLE),
    ("REQUEST_RUNNING_TOO_LONG", 400, "", E.UNKNOWN, Step.SETTLE),
    ("UNKNOWN_EXCEPTION", 500, "", E.UNKNOWN, Step.SETTLE),
    ("ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE", 412, "", E.CONFLICT, Step.COMPARE),
    ("MATCH_PRECONDITION_FAILED", 412, "", E.CONFLICT, Step.COMPARE),
    ("", 412, "", E.CONFLICT, Step.COMPARE),
    ("SOMETHING_NEW", 412, "", E.CONFLICT, Step.COMPARE),
    ("MIXED_DML_OPERATION", 400, "", E.VALIDATION, Step.FAIL),
    ("SELF_REFERENCE_FROM_TRIGGER", 400, "", E.VALIDATION, Step.FAIL),
    ("UNSUPPORTED_API_VERSION", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_VERSION", 404, "", E.VALIDATION, Step.FAIL),
    ("GONE", 410, "", E.VALIDATION, Step.FAIL),
    ("METHOD_NOT_ALLOWED", 405, "", E.VALIDATION, Step.FAIL),
    ("IDEMPOTENCY_FEATURE_NOT_ENABLED", 400, "", E.VALIDATION, Step.FAIL),
    ("IDEMPOTENCY_NOT_SUPPORTED", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_IDEMPOTENCY_KEY", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_OPERATION", 400, "", E.CONFLICT, Step.COMPARE),
    ("INVALID_TYPE", 400, "sObject type 'X' is not supported.", E.VALIDATION, Step.FAIL),
    ("PRECONDITION_FAILED", 412, "", E.CONFLICT, Step.COMPARE),
    ("MATCH_PRECONDITION_REQUIRED", 428, "", E.VALIDATION, Step.FAIL),
    (
        "INVALID_SESSION_ID",
        401,
        "This session is not valid for use with the REST API",
        E.AUTH,
        Step.PARK,
    ),
    ("INVALID_SESSION_ID", 401, "Connected app is not attached to Agent", E.AUTH, Step.PARK),
    ("API_CURRENTLY_DISABLED", 503, "", E.TRANSIENT, Step.AGAIN),
    (
        "INVALID_CROSS_REFERENCE_KEY",
        400,
        "Record Type ID: this ID value isn't valid for the user: 012",
        E.VALIDATION,
        Step.FAIL,
    ),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", 403, "", E.PERMISSION, Step.FAIL),
    ("TRANSFER_REQUIRES_READ", 403, "", E.PERMISSION, Step.FAIL),
    ("INACTIVE_OWNER_OR_USER", 403, "", E.PERMISSION, Step.FAIL),
    ("STORAGE_LIMIT_EXCEEDED", 400, "", E.CAPACITY, Step.FAIL),
    ("REQUEST_RUNNING_TOO_LONG", 503, "", E.UNKNOWN, Step.SETTLE),
    # Signing in.
    ("invalid_grant", 400, "authentication failure", E.AUTH, Step.PARK),
    ("invalid_grant", 400, "user hasn't approved this consumer", E.AUTH, Step.PARK),
    ("invalid_grant", 400, "no client credentials user enabled", E.AUTH, Step.PARK),
    ("invalid_client_id", 400, "client identifier invalid", E.AUTH, Step.PARK),
    ("invalid_client", 400, "invalid client credentials", E.AUTH, Step.PARK),
    ("invalid_request", 400, "grant type is missing", E.AUTH, Step.PARK),
    ("unsupported_grant_type", 400, "grant type not supported", E.AUTH, Step.PARK),
    (
        "INVALID_LOGIN",
        500,
        "Invalid username, password, security token; or user locked out.",
        E.AUTH,
        Step.PARK,
    ),
    ("LOGIN_MUST_USE_SECURITY_TOKEN", 500, "", E.AUTH, Step.PARK),
    ("LOGIN_DURING_RESTRICTED_DOMAIN", 500, "", E.AUTH, Step.PARK),
    ("LOGIN_DURING_RESTRICTED_TIME", 500, "", E.AUTH, Step.PARK),
    ("PASSWORD_LOCKOUT", 500, "", E.AUTH, Step.PARK),
    ("INVALID_OPERATION_WITH_EXPIRED_PASSWORD", 500, "", E.AUTH, Step.PARK),
    ("LOGIN_RATE_EXCEEDED", 403, "", E.TRANSIENT, Step.AGAIN),
    ("SERVER_UNAVAILABLE", 500, "", E.TRANSIENT, Step.AGAIN),
    # Asking.
    ("MALFORMED_QUERY", 400, "", E.VALIDATION, Step.FAIL),
    ("INVALID_QUERY_FILTER_OPERATOR", 400, "", E.VALIDATION, Step.FAIL),
    ("QUERY_TOO_COMPLICATED", 400, "", E.VALIDATION, Step.FAIL),
    ("OPERATION_TOO_LARGE", 400, "", E.VALIDATION, Step.FAIL),
    ("TEMPORARY_QUERY_MORE_FAILURE", 400, "", E.TRANSIENT, Step.AGAIN),
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
    @pytest.mark.parametrize(("code", "status", "text", "expected", "step"), ROWS)
    def test_follows_the_table_to_the_next_step(self, code, status, text, expected, step):
        found = classify(code, status, text)

        assert found is expected
        assert first_step(found) is step

    @pytest.mark.parametrize(("status", "expected"), BY_STATUS_ALONE)
    def test_follows_the_status_when_the_code_says_nothing(self, status, expected):
        assert classify("", status) is expected
        assert classify("A_CODE_OF_NEXT_YEAR", status) is expected

    def test_forgets_no_code_that_it_knows(self):
        assert BY_CODE.keys() <= {row[0] for row in ROWS}


@pytest.mark.req("E2")
class TestShapes:
    """Whatever an error comes in, it means the same."""

    @pytest.mark.parametrize(("code", "status", "text", "expected", "step"), ROWS)
    def test_an_array_and_a_single_object(self, code, status, text, expected, step):
        array = [{"errorCode": code, "message": text, "fields": []}]

        for content in (array, array[0]):
            error = refusal(status, content, writes=True)
            if isinstance(error, SessionExpired):
                # Worth one fresh session; the client's second refusal is of the class auth.
                assert expected is E.AUTH
            else:
                assert type(error) is ERRORS[expected]
                assert error.crm_code == (code or f"HTTP_{status}")

    @pytest.mark.parametrize(("code", "status", "text", "expected", "step"), ROWS)
    def test_one_of_several_answers_in_a_call(self, code, status, text, expected, step):
        body = [{"errorCode": code, "message": text}]
        fault = judged(status, body if code else None)

        assert fault.error_class is expected
        assert first_step(fault.error_class) is step

    @pytest.mark.parametrize(
        ("code", "status", "text", "expected", "step"), [row for row in ROWS if row[1] != 412]
    )
    def test_a_row_of_a_collection(self, code, status, text, expected, step):
        row = {"success": False, "errors": [{"statusCode": code, "message": text, "fields": []}]}
        # The call says 200 whatever its rows say; only what the status decides can differ.
        if code in ("INVALID_CROSS_REFERENCE_KEY",):
            expected = E.VALIDATION
        assert judged(200, row).error_class is expected

    @pytest.mark.parametrize(("status", "expected"), BY_STATUS_ALONE)
    @pytest.mark.parametrize("content", ["<html><h1>Down for maintenance</h1></html>", "", None])
    def test_a_page_or_nothing_at_all(self, content, status, expected):
        error = refusal(status, content, writes=True)

        if isinstance(error, SessionExpired):
            assert expected is E.AUTH
        else:
            assert type(error) is ERRORS[expected]

    @pytest.mark.parametrize(("status", "expected"), BY_STATUS_ALONE)
    def test_nothing_in_one_of_several_answers(self, status, expected):
        assert judged(status, None).error_class is expected

    @pytest.mark.parametrize("code", ["UNKNOWN_EXCEPTION", "QUERY_TIMEOUT"])
    def test_an_unclear_answer_to_a_reading_is_merely_a_passing_one(self, code):
        error = refusal(500, [{"errorCode": code, "message": ""}], writes=False)

        assert type(error) is Transient

    @pytest.mark.parametrize("text", SESSION_OF_THE_WRONG_KIND)
    def test_a_session_of_the_wrong_kind_is_not_renewed(self, text):
        error = refusal(401, [{"errorCode": "INVALID_SESSION_ID", "message": text}], writes=True)

        assert type(error) is Unauthorised

    def test_an_org_that_lets_nobody_in_is_not_asked_for_another_session(self):
        error = refusal(403, [{"errorCode": "API_DISABLED_FOR_ORG", "message": ""}], writes=True)

        assert type(error) is Unauthorised


def first_step(error_class: ErrorClass) -> Step:
    return next_step(error_class=error_class, attempt=1, attempts_allowed=5, jitter=0.0).step


def judged(status, body):
    """Return the fault of the second of two units, whose answer this is."""
    planned = plan(unit(update()), unit(update(OTHER), unit_id="cmt_2"))
    _, result = composite.judge(planned, answer(planned, (204, None), (status, body)))
    return fault_of(result)


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
