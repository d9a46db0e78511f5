"""What can go wrong with a system of record, by what to do about it."""

from orchestrator.kernel.choices import Choices
from orchestrator.kernel.errors import DomainError


class ErrorClass(Choices):
    """The class decides the retry; see orchestrator/commits/retry.py."""

    TRANSIENT = "transient"
    AUTH = "auth"
    QUOTA = "quota"
    CONFLICT = "conflict"
    PERMISSION = "permission"
    VALIDATION = "validation"
    # Refused with the advice to try again: once more, then it is as good as a validation.
    AGAIN_ONCE = "again_once"
    # The org has run out of something that only a person there can give, storage for one.
    CAPACITY = "capacity"
    UNKNOWN = "unknown"


class ConnectorError(DomainError):
    """A call as a whole did not succeed."""

    code, status, title = "crm_error", 502, "The CRM did not answer as expected"
    error_class: ErrorClass = ErrorClass.UNKNOWN

    def __init__(self, detail: str, *, crm_code: str = "") -> None:
        """Keep the CRM's own error code beside the words."""
        super().__init__(detail, extra={"crm_code": crm_code} if crm_code else None)
        self.crm_code = crm_code


class Transient(ConnectorError):
    """Nothing was done; the same call may work in a moment."""

    code, status = "crm_unavailable", 503
    error_class = ErrorClass.TRANSIENT


class Unauthorised(ConnectorError):
    """The CRM does not accept our session, after one fresh login."""

    code = "crm_sign_in_failed"
    error_class = ErrorClass.AUTH


class QuotaExceeded(ConnectorError):
    """The CRM's allowance of calls is used up."""

    code, status = "crm_quota_exceeded", 503
    error_class = ErrorClass.QUOTA


class Rejected(ConnectorError):
    """The CRM understood the call and refuses it for good."""

    code, status = "crm_rejected", 422
    error_class = ErrorClass.VALIDATION


class RefusedForNow(Rejected):
    """The CRM refuses the call and says that trying again may help."""

    code = "crm_refused_for_now"
    error_class = ErrorClass.AGAIN_ONCE


class OutOfRoom(Rejected):
    """A limit of the org is reached that no waiting of ours frees."""

    code, status = "crm_out_of_room", 507
    error_class = ErrorClass.CAPACITY


class NotPermitted(Rejected):
    """The user we sign in as may not do this."""

    code, status = "crm_not_permitted", 403
    error_class = ErrorClass.PERMISSION


class BadBatch(Rejected):
    """The units handed to one call cannot share it; nothing was sent."""

    code, status, title = "bad_batch", 500, "The writes cannot share a call"


class OutcomeUnknown(ConnectorError):
    """A write was sent and no answer says whether it happened."""

    code = "crm_outcome_unknown"
    error_class = ErrorClass.UNKNOWN


class BadRecordId(DomainError):
    """The text cannot be a record id of this system."""

    code, status, title = "bad_record_id", 422, "Not a record id"
