"""Addresses of the desk."""

from django.urls import path

from approvals.views import (
    adherence,
    altering,
    attention,
    bulk_decisions,
    comments,
    escalation,
    inbox,
    live,
    live_records,
    overriding,
    paged,
    promotion,
    proposal,
    record,
    related,
    saved_views,
    snoozing,
)

app_name = "approvals"
urlpatterns = [
    path("", inbox.show_inbox, name="show-inbox"),
    path("next/", inbox.show_next, name="show-next"),
    # /views/
    path("views/", saved_views.show_views, name="show-views"),
    path("views/save/", saved_views.save_view, name="save-view"),
    path("views/<int:view_id>/change/", saved_views.change_view, name="change-view"),
    path("views/<int:view_id>/remove/", saved_views.remove_view, name="remove-view"),
    path("live/inbox/", live.inbox, name="look-at-inbox"),
    path("records/<str:object_name>/<str:record_id>/", record.show_record, name="show-record"),
    # /proposals/<id>/
    path("proposals/<str:proposal_id>/", proposal.show_proposal, name="show-proposal"),
    path("proposals/<str:proposal_id>/live/", live.proposal, name="look-at-proposal"),
    path("proposals/<str:proposal_id>/page/", paged.show_paged, name="show-paged"),
    path("proposals/<str:proposal_id>/comment/", comments.add_comment, name="comment-proposal"),
    path("proposals/<str:proposal_id>/related/", related.show_related, name="show-related"),
    path("proposals/<str:proposal_id>/now/", live_records.show_now, name="show-now"),
    path("proposals/<str:proposal_id>/read-again/", live_records.read_again, name="read-again"),
    path(
        "proposals/<str:proposal_id>/escalation/",
        escalation.show_escalation,
        name="show-escalation",
    ),
    path(
        "proposals/<str:proposal_id>/escalation/drill/",
        escalation.drill_escalation,
        name="drill-escalation",
    ),
    path("proposals/<str:proposal_id>/decide/", proposal.decide, name="decide-proposal"),
    path("proposals/<str:proposal_id>/edit/", altering.edit_proposal, name="edit-proposal"),
    path("proposals/<str:proposal_id>/part/", altering.part_proposal, name="part-proposal"),
    path("proposals/<str:proposal_id>/override/", overriding.override, name="override-proposal"),
    path("proposals/<str:proposal_id>/reassign/", proposal.reassign, name="reassign-proposal"),
    path("proposals/<str:proposal_id>/withdraw/", proposal.withdraw, name="withdraw-proposal"),
    path("proposals/<str:proposal_id>/snooze/", snoozing.snooze, name="snooze-proposal"),
    path("proposals/<str:proposal_id>/unsnooze/", snoozing.take_up_again, name="unsnooze-proposal"),
    path("snoozed/", snoozing.show_snoozed, name="show-snoozed"),
    # /bulk-decisions/
    path("bulk-decisions/", bulk_decisions.start, name="start-bulk-decision"),
    path("bulk-decisions/check/", bulk_decisions.check, name="check-bulk-decision"),
    path("bulk-decisions/mine/", bulk_decisions.list_mine, name="list-bulk-decisions"),
    path("bulk-decisions/<str:bulk_id>/", bulk_decisions.show, name="show-bulk-decision"),
    path(
        "bulk-decisions/<str:bulk_id>/results.csv",
        bulk_decisions.export,
        name="export-bulk-decision",
    ),
    path("bulk-decisions/<str:bulk_id>/stop/", bulk_decisions.stop, name="stop-bulk-decision"),
    # /workflows/<slug>/: the other pages of workflows are in orchestrator.workflows
    path("me/attention/", attention.show_mine, name="show-my-attention"),
    path("workflows/<slug:slug>/attention/", attention.show_of_workflow, name="show-attention"),
    path("workflows/<slug:slug>/adherence/", adherence.show_adherence, name="show-adherence"),
    path("workflows/<slug:slug>/raise/", promotion.raise_mode, name="raise-mode"),
    path("workflows/<slug:slug>/publish/", promotion.publish_version, name="publish-version"),
]
