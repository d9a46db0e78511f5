"""How each kind of action is undone, and what a person has to do by hand. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.workflows.definition import ActionDefinition, Reversibility


@dataclass(frozen=True, slots=True)
class Mechanic:
    """One way to undo, or one thing to do along with it."""

    words: str
    # Otherwise a rollback does it.
    by_hand: bool = False


# What `reversible: { how: … }` may name. Anything else is a way that only people know.
WAYS = {
    "restore_fields": Mechanic("The fields get their old values back."),
    "delete_created": Mechanic("What was created is deleted."),
    "bulk_delete": Mechanic("What was created is deleted."),
    "recreate_deleted": Mechanic("What was deleted is created again, under a new id."),
    "revert_batch": Mechanic("The fields get their old values back, the run as a whole."),
}
# What `also` may name; the last sentence of each is what a person does.
FOLLOW_UPS = {
    "revert_batch": Mechanic("Choose the whole run: it is taken back together."),
    "bulk_delete_plan": Mechanic("Everything that was created is deleted together."),
    "back_out": Mechanic("What was created is deleted."),
    "close_follow_up_tasks": Mechanic(
        "Close the tasks that people or the CRM made because of the change.", by_hand=True
    ),
    "revert_mapping": Mechanic(
        "A conversion cannot be undone: set the mapped records right by hand.", by_hand=True
    ),
    "void_in_billing": Mechanic("Void the document in billing.", by_hand=True),
}
# True of every write; said once, where people decide about taking it back.
NEVER_UNDONE = (
    "E-mails that the CRM or anybody else has sent because of the change stay sent.",
    "Whoever was notified of an assignment stays notified; the owner alone is set back.",
    "A converted lead stays converted: the CRM keeps it for reading only.",
    "What automation in the CRM did because of the change stays done, unless it undoes itself.",
)


def obstacle(action: ActionDefinition | None, name: str) -> str:
    """Return why changes of an action cannot be taken back by us, or nothing."""
    if action is None:
        return f"Its workflow no longer knows the action {name}."
    if action.reversible is False:
        return f"The workflow says that {name} cannot be undone."
    if isinstance(action.reversible, Reversibility) and action.reversible.how not in WAYS:
        way = action.reversible.how.replace("_", " ")
        return f"The workflow says how {name} is undone, and it is for people: {way}."
    return ""


def by_hand(actions: Iterable[tuple[str, ActionDefinition | None]]) -> list[str]:
    """Return what people have to do along with taking changes of these actions back."""
    found: dict[str, None] = {}
    for name, action in actions:
        if action is None or not isinstance(action.reversible, Reversibility):
            continue
        for step in action.reversible.also:
            known = FOLLOW_UPS.get(step)
            if known is None:
                found[f"{name}: {step.replace('_', ' ')}."] = None
            elif known.by_hand:
                found[f"{name}: {known.words}"] = None
    return list(found)
