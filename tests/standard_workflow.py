"""The workflow that most tests run in; {slug}, {org} and {owner} are filled in."""

WORKFLOW = """
workflow: {slug}
title: Deal hygiene
org: {org}
owner: {owner}
description: Keeps open opportunities honest.
actions:
  change_stage:
    object: Opportunity
    operations: [update]
    fields:
      StageName: {{ allowed: [Prospecting, Qualification, Proposal, Negotiation] }}
      NextStep: {{}}
    policy: human_in_loop
    reversible: {{ how: restore_fields }}
    reasons: [stalled_30d, buyer_silent]
    evidence: {{ at_least: 1, kinds: [url, salesforce, quote] }}
    stages:
      - {{ role: deal-desk, quorum: 1 }}
      - {{ role: ae-manager, quorum: 1, when: "record.Amount > 50000.0" }}
  change_amount:
    object: Opportunity
    fields: {{ Amount: {{ max_change_pct: 40 }}, CloseDate: {{ max_shift_days: 90 }} }}
    policy: human_only
    reversible: {{ how: restore_fields }}
    stages: [{{ role: ae-manager, quorum: 1 }}]
  enrich_lead:
    object: Lead
    operations: [update, create]
    fields: {{ Name: {{}}, Industry: {{}}, NumberOfEmployees: {{}}, Website: {{}} }}
    policy: automatic
    reversible: {{ how: restore_fields }}
  fix_accounts:
    object: Account
    operations: [update, delete]
    fields: {{ Name: {{}}, Phone: {{}}, Industry: {{}} }}
    policy: human_in_loop
    reversible: {{ how: restore_fields }}
    stages: [{{ role: deal-desk, quorum: all }}]
sla: {{ decide_within: 4 hours, execute_within: 24 hours }}
"""
