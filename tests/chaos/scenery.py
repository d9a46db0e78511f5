"""
Set a fresh database up for the chaos run; run as a program of its own.

    python -m tests.chaos.scenery CRM_ADDRESS CLIENT_ID   (the client's secret comes on stdin)

Prints the key of the agent.
"""

import datetime as dt
import sys

import django
from django.core.management import call_command

WORKFLOW = """
workflow: {slug}
title: Weather the storm
org: {org}
owner: {owner}
description: Changes that are approved while everything around them breaks.
actions:
  update_deals:
    object: Opportunity
    operations: [update]
    fields: {{ NextStep: {{}}, StageName: {{}}, Description: {{}} }}
    policy: human_in_loop
    reversible: {{ how: restore_fields }}
    stages: [{{ role: deal-desk, quorum: 1 }}]
  update_account:
    object: Account
    operations: [update]
    fields: {{ Description: {{}}, Phone: {{}} }}
    policy: human_in_loop
    reversible: {{ how: restore_fields }}
    stages: [{{ role: deal-desk, quorum: 1 }}]
  create_task:
    object: Task
    operations: [create]
    fields: {{ Subject: {{}}, WhatId: {{}} }}
    policy: human_in_loop
    reversible: {{ how: delete_record }}
    stages: [{{ role: deal-desk, quorum: 1 }}]
sla: {{ decide_within: 72 hours, execute_within: 72 hours }}
"""
FIELDS = {
    "Opportunity": (["NextStep", "StageName", "Description"], ["update"]),
    "Account": (["Description", "Phone"], ["update"]),
    "Task": (["Subject", "WhatId"], ["create"]),
}


def main() -> None:
    """Migrate, make people, a workflow and an agent, and print the agent's key."""
    django.setup()
    call_command("migrate", verbosity=0)
    crm, client_id = sys.argv[1:]
    sys.stdout.write(_set_up(crm, client_id, sys.stdin.read().strip()))


def _set_up(crm: str, client_id: str, client_secret: str) -> str:
    # Models can be imported only now that Django is set up.
    from orchestrator.kernel import clock  # noqa: PLC0415
    from orchestrator.orgs.models import SignIn  # noqa: PLC0415
    from tests import registry_factories as make  # noqa: PLC0415

    now = clock.now()
    org = make.create_org()
    org.base_url, org.client_id, org.secret = crm, client_id, client_secret
    org.sign_in = SignIn.CLIENT_CREDENTIALS
    org.save()
    workflow = make.create_workflow(slug="weather", source=WORKFLOW, org=org)
    agent = make.create_agent(slug="storm-agent")
    for object_name, (fields, operations) in FIELDS.items():
        make.create_grant(
            agent=agent,
            workflow=workflow,
            object_name=object_name,
            fields=fields,
            operations=operations,
            starts_at=now - dt.timedelta(days=1),
        )
    return make.issue_key(agent=agent, expires_at=now + dt.timedelta(days=90))


if __name__ == "__main__":
    main()
