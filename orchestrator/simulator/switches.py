"""Behaviours that no document settles, and rules an administrator turns on: each has a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BODY_412 = "body_412"


@dataclass(frozen=True, slots=True)
class Switch:
    """One behaviour: its positions, the first of which it starts at, and one line about it."""

    name: str
    positions: tuple[Any, ...]
    line: str


# What a client may meet in a real org and no document settles; the line says what is unsettled.
UNSETTLED: tuple[Switch, ...] = (
    Switch(
        BODY_412,
        (
            "empty",
            "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
            "MATCH_PRECONDITION_FAILED",
            "PRECONDITION_FAILED",
        ),
        "the body of a 412: nothing, or an error array with one of the codes that sources mention",
    ),
    Switch(
        "guard_in_composite",
        (True, False),
        "whether conditional headers of a subrequest of `/composite` have an effect",
    ),
    Switch(
        "headers_in_graph",
        (False, True),
        "whether headers of a node of `/composite/graph` have an effect: newer pages name none",
    ),
    Switch(
        "rollback_on_412",
        (True, False),
        "whether a 412 inside an all-or-none composite takes the other subrequests back",
    ),
    Switch(
        "guard_on_external_id",
        (True, False),
        "whether conditional headers work on the external-id form of a row's address",
    ),
    Switch(
        "guard_uses_system_modstamp",
        (False, True),
        "whether a change by automation, which moves only SystemModstamp, trips the guard",
    ),
    Switch(
        "guard_on_delete",
        ("ignored", "honoured", "refused"),
        "a DELETE with If-Unmodified-Since: done all the same, judged (412), or refused (400)",
    ),
    Switch(
        "unknown_row",
        ("NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"),
        "the code of the 404 for changing or deleting an id that no record has",
    ),
    Switch(
        "missing_row_in_collection",
        ("INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"),
        "the code of a collection's row that is to change or delete a record that is not there",
    ),
    Switch(
        "update_only_missing",
        ("NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"),
        "the code of the 404 for an upsert with updateOnly of a record that is not there",
    ),
    Switch(
        "external_id_in_upsert_body",
        ("refused", "ignored"),
        "the external-id field in the body of an upsert by it",
    ),
    Switch(
        "success_body_in_composite",
        ("null", "absent"),
        "how the item of a successful PATCH or DELETE shows that it has no body",
    ),
    Switch(
        "create_location_in_composite",
        (True, False),
        "whether the item of a successful create has a Location header",
    ),
    Switch(
        "duplicate_result_in_composite",
        (True, False),
        "whether an item of `/composite` refused as a duplicate carries the duplicateResult",
    ),
    Switch(
        "stamps_with_milliseconds",
        (False, True),
        "whether dates are served with their milliseconds; every sample seen ends in .000",
    ),
    Switch(
        "access_status",
        (400, 403),
        "the status of the INSUFFICIENT_ACCESS codes: sources are split",
    ),
    Switch(
        "locked_code",
        ("ENTITY_IS_LOCKED", "INVALID_OPERATION"),
        "the code for touching a record that is in an approval",
    ),
    Switch(
        "txn_security_status",
        (403, 400),
        "the status of the TXN_SECURITY codes, unless a fault rule says one",
    ),
    Switch(
        "stage_resets_probability",
        (True, False),
        "whether writing a stage resets the probability that is not sent with it",
    ),
    Switch(
        "composite_calls",
        ("one", "each"),
        "whether a composite counts as one call against the allowance, or each subrequest does",
    ),
    Switch(
        "batch_calls",
        ("one", "each"),
        "the same for `/composite/batch`",
    ),
    Switch(
        "collection_calls",
        ("one", "each"),
        "whether a write of many records counts as one call, or each record does",
    ),
    Switch(
        "history_keeps_long_text",
        (False, True),
        "whether history rows of long texts hold their values",
    ),
    Switch(
        "http_method_override",
        (True, False),
        "whether a POST with _HttpMethod=PATCH is a PATCH",
    ),
    Switch(
        "password_flow",
        (True, False),
        "whether the user name and password flow is open, as it is not in new orgs by default",
    ),
    Switch(
        "trim_text",
        (False, True),
        "whether text loses the spaces around it",
    ),
)
# What an administrator of an org decides.
RULES: tuple[Switch, ...] = (
    Switch(
        "idempotent_writes",
        (True, False),
        "whether writes below `/ui-api/records` may carry an Idempotency-Key",
    ),
    Switch(
        "assignment_rules",
        (True, False),
        "active assignment rules run unless Sforce-Auto-Assign says FALSE",
    ),
    Switch(
        "duplicate_rules",
        (False, True),
        "duplicate rules for accounts, contacts and leads are active",
    ),
    Switch(
        "duplicate_rule_action",
        ("alert", "block"),
        "an alert can be overridden with allowSave=true, a block cannot",
    ),
    Switch("rule_amount_not_negative", (True, False), "an opportunity's amount is not negative"),
    Switch("rule_quote_discount_limit", (True, False), "a quote's discount is at most 60 %"),
    Switch(
        "rule_reason_needed",
        (False, True),
        "the integration user changes a deal's stage, amount or close date with a reason only",
    ),
    Switch("rule_loss_reason_needed", (False, True), "a lost opportunity has a loss reason"),
)
ALL: Mapping[str, Switch] = {switch.name: switch for switch in (*UNSETTLED, *RULES)}


class Switches:
    """The position of every switch; the first one is where it starts."""

    def __init__(self) -> None:
        """Put every switch where it starts."""
        self._set: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return where a switch stands."""
        return self._set.get(name, ALL[name].positions[0])

    def all(self) -> dict[str, Any]:
        """Return where all switches stand."""
        return {name: self[name] for name in ALL}

    def turn(self, positions: Mapping[str, Any]) -> None:
        """
        Turn switches.

        :raises ValueError: if there is no such switch or no such position; then none is turned
        """
        for name, position in positions.items():
            if name not in ALL:
                raise ValueError(f"There is no switch {name!r}. There are: {', '.join(ALL)}.")
            if not any(position is one or position == one for one in ALL[name].positions):
                raise ValueError(f"Switch {name!r} goes to one of {ALL[name].positions}.")
        self._set.update(positions)

    def restore(self, positions: Mapping[str, Any]) -> None:
        """Take up saved positions, leaving out what no longer exists."""
        self._set = {name: value for name, value in positions.items() if name in ALL}
