"""The org's object types, as data."""

from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.objects import (
    activity,
    approval,
    custom,
    history,
    people,
    rules,
    sales,
    service,
)

BUSINESS: tuple[ObjectType, ...] = (
    sales.ACCOUNT,
    sales.CONTACT,
    sales.LEAD,
    sales.OPPORTUNITY,
    sales.CAMPAIGN,
    service.CASE,
    activity.TASK,
    activity.EMAIL_MESSAGE,
    custom.QUOTE,
    custom.COMMIT,
    people.USER,
    people.GROUP,
)
ALL: tuple[ObjectType, ...] = (
    *BUSINESS,
    sales.OPPORTUNITY_STAGE,
    rules.ASSIGNMENT_RULE,
    approval.INSTANCE,
    approval.WORK_ITEM,
    approval.STEP,
    *(history.of(kind) for kind in BUSINESS if kind.history),
)
