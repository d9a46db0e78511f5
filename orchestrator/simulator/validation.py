"""What a record must be before it is saved: required, unique, and the rules of each object."""

from collections.abc import Callable, Iterator, Mapping

from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import ApiError, Refusal, refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.objects.activity import DRAFT, NEW, READ, SENT
from orchestrator.simulator.store import Row

RULE_FAILED = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
# What the rule about reasons looks at, and what it says.
GUARDED = ("StageName", "Amount", "CloseDate")
REASON_NEEDED = (
    "The stage, amount and close date of an opportunity are changed by Countersign only together "
    "with its commit id and the reason of the approved change."
)
MAIL_FIXED = frozenset({"Subject", "TextBody", "HtmlBody", "FromAddress", "ToAddress"})


def check(context: Context, kind: ObjectType, old: Row | None, new: Row) -> None:
    """
    Refuse a record that the org would not save.

    :raises Refusal: with every rule that is broken
    """
    _require(kind, new)
    errors = list(RULES.get(kind.name, _no_rules)(context, old, new))
    if errors:
        raise Refusal(400, *errors)


def check_unique(context: Context, kind: ObjectType, record_id: str, new: Row) -> None:
    """
    Refuse a value that must be unique and is not.

    :raises Refusal: DUPLICATE_VALUE, naming the record that has it
    """
    for field in kind.fields.values():
        if not field.unique or new[field.name] is None:
            continue
        others = [
            one for one in context.org.store.with_key(kind, field, new[field.name])
            if one != record_id
        ]  # fmt: skip
        if others:
            message = (
                f"duplicate value found: {field.name} duplicates value on record with id: "
                f"{others[0][:15]}"
            )
            raise refusal("DUPLICATE_VALUE", message, [])


def _require(kind: ObjectType, new: Row) -> None:
    missing = [
        field.name for field in kind.fields.values() if field.required and new[field.name] is None
    ]
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise refusal("REQUIRED_FIELD_MISSING", message, missing)


def _no_rules(_context: Context, _old: Row | None, _new: Row) -> Iterator[ApiError]:
    yield from ()


def lacks_reason(old: Row | None, new: Row, *, permission: bool) -> bool:
    """
    Say whether a save breaks the rule Countersign_Reason_Required, as its formula words it.

    `permission`: whether the user has the custom permission Countersign_Integration.
    """
    if not permission or (old is not None and all(old[name] == new[name] for name in GUARDED)):
        return False
    if not new["Countersign_Reason__c"] or not new["Countersign_Commit_Id__c"]:
        return True
    return old is not None and old["Countersign_Commit_Id__c"] == new["Countersign_Commit_Id__c"]


def _opportunity(context: Context, old: Row | None, new: Row) -> Iterator[ApiError]:
    switches = context.org.switches
    ours = context.user_id == context.org.integration_user
    if switches["rule_reason_needed"] and lacks_reason(old, new, permission=ours):
        yield ApiError(RULE_FAILED, REASON_NEEDED, ("Countersign_Reason__c",))
    if switches["rule_amount_not_negative"] and (new["Amount"] or 0) < 0:
        yield ApiError(RULE_FAILED, "The amount must not be negative.", ("Amount",))
    lost = new["IsClosed"] and not new["IsWon"]
    if switches["rule_loss_reason_needed"] and lost and not new["Loss_Reason__c"]:
        yield ApiError(RULE_FAILED, "Say why the opportunity was lost.", ("Loss_Reason__c",))


def _quote(context: Context, _old: Row | None, new: Row) -> Iterator[ApiError]:
    if context.org.switches["rule_quote_discount_limit"] and (new["Discount__c"] or 0) > 60:
        yield ApiError(RULE_FAILED, "A discount above 60 % is not allowed.", ("Discount__c",))


def _lead(_context: Context, old: Row | None, _new: Row) -> Iterator[ApiError]:
    if old is not None and old["IsConverted"]:
        yield ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())


def _email_message(_context: Context, old: Row | None, new: Row) -> Iterator[ApiError]:
    if new["Status"] == DRAFT and not new["ParentId"]:
        yield _mail_error("Only e-mail messages of a case can be drafts.", "Status")
    if old is None:
        if not new["ParentId"] and new["Status"] not in (SENT, DRAFT):
            yield _mail_error("An e-mail message without a case must have status Sent.", "Status")
        return
    before, after = old["Status"], new["Status"]
    if before != after and (before, after) != (NEW, READ):
        yield _mail_error("The status can only go from New to Read.", "Status")
    if before != DRAFT and any(old[name] != new[name] for name in MAIL_FIXED):
        yield _mail_error("An e-mail message that is not a draft cannot be changed.", "TextBody")


def _mail_error(message: str, field: str) -> ApiError:
    return ApiError("FIELD_INTEGRITY_EXCEPTION", message, (field,))


RULES: Mapping[str, Callable[[Context, Row | None, Row], Iterator[ApiError]]] = {
    "Opportunity": _opportunity,
    "Quote__c": _quote,
    "Lead": _lead,
    "EmailMessage": _email_message,
}
