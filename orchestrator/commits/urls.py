"""Addresses of failures and controls."""

from django.urls import path

from orchestrator.commits.views import (
    bulk_failures,
    connections,
    controls,
    corrections,
    failure,
    failures,
    undoing,
)

app_name = "commits"
urlpatterns = [
    path("failures/", failures.show_failures, name="show-failures"),
    path("failures/bulk/", bulk_failures.choose_failures, name="choose-failures"),
    path("failures/bulk/settle/", bulk_failures.settle_failures, name="settle-failures"),
    path("failures/<str:commit_id>/", failure.show_failure, name="show-failure"),
    path("failures/<str:commit_id>/requeue/", failure.requeue, name="requeue"),
    path("failures/<str:commit_id>/discard/", failure.discard, name="discard"),
    path("failures/<str:commit_id>/written/", failure.settle_as_written, name="settle-as-written"),
    path("failures/<str:commit_id>/close/", failure.close_unread, name="close-unread"),
    path("failures/<str:commit_id>/take/", failure.take, name="take-failure"),
    path("failures/<str:commit_id>/hand-over/", failure.hand_over, name="hand-over-failure"),
    path("failures/<str:commit_id>/correct/", corrections.correct, name="correct-failure"),
    path("proposals/<str:proposal_id>/undo/", undoing.undo_approval, name="undo-approval"),
    path("connections/", connections.index, name="list-connections"),
    path("connections/new/", connections.connect, name="connect-org"),
    path("connections/<slug:slug>/", connections.show, name="show-connection"),
    path("connections/<slug:slug>/test/", connections.test, name="test-connection"),
    path(
        "connections/<slug:slug>/credentials/",
        connections.save_credentials,
        name="change-credentials",
    ),
    path("controls/", controls.show_controls, name="show-controls"),
    path(
        "controls/connections/<slug:slug>/try-again/", connections.try_again, name="try-connection"
    ),
    path("controls/halt/", controls.halt, name="halt"),
    path("controls/<int:halt_id>/ask-release/", controls.ask_release, name="ask-release"),
    path("controls/<int:halt_id>/release/", controls.release, name="release"),
]
