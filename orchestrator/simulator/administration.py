"""What an administrator or a person at the screen does to an org: rights, and converting leads."""

from typing import Any

from orchestrator.simulator import process, saving
from orchestrator.simulator.calls import Call
from orchestrator.simulator.commands import Command
from orchestrator.simulator.seeding import resolve

CONVERTED = "Closed - Converted"


def see_permissions(command: Command) -> Any:
    """Return the rules of every user that has some, by user id."""
    return command.org.permissions.state()


def give_permissions(command: Command) -> Any:
    """
    Replace the rules of the user the body names.

    :raises ValueError: if there is no such user or the rules are not understood
    """
    user_id = resolve(command.org, command.text("user"))
    if command.org.store.row("User", user_id) is None:
        raise ValueError(f"There is no user {command.text('user')!r}.")
    rules = {name: value for name, value in command.body.items() if name != "user"}
    command.org.permissions.give(user_id, rules)
    command.org.save_settings(permissions=command.org.permissions.state())
    return command.org.permissions.state()


def approval(command: Command) -> Any:
    """
    Submit, approve or reject a record as the person the body names.

    :raises Refusal: if the org does not accept that
    """
    _, row = command.record()
    context = command.editor()
    approvers = [resolve(command.org, one) for one in command.body.get("approvers") or ()]
    entry = {
        "actionType": command.text("action"), "contextId": row["Id"],
        "nextApproverIds": approvers,
    }  # fmt: skip
    call = Call(context, "POST", ("process", "approvals"), {}, {"requests": [entry]})
    return process.handle(call).body[0]


def convert(command: Command) -> Any:
    """
    Convert a lead into an account and a contact, and make it read-only.

    :raises ValueError: if it is no lead
    :raises Refusal: if it has been converted
    """
    kind, row = command.record()
    if kind.name != "Lead":
        raise ValueError(f"{row['Id']} is no lead.")
    context = command.editor()
    saving.living(context, kind, row["Id"])
    schema = command.org.schema
    account, contact = schema.named("Account"), schema.named("Contact")
    if account is None or contact is None:
        raise LookupError("Account")
    account_id = saving.insert(context, account, {"Name": row["Company"]})
    names = ("FirstName", "LastName", "Email", "Phone", "Title")
    person = {**{name: row[name] for name in names}, "AccountId": account_id}
    contact_id = saving.insert(context, contact, person)
    given = {
        "IsConverted": True, "Status": CONVERTED, "ConvertedDate": context.stamp[:10],
        "ConvertedAccountId": account_id, "ConvertedContactId": contact_id,
    }  # fmt: skip
    saving.change(context, kind, row, given)
    return {"account": account_id, "contact": contact_id}
