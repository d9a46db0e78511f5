"""Addresses of chat: a page of ours, and two doors for Slack."""

from django.urls import path

from orchestrator.chat import views

app_name = "chat"
urlpatterns = [
    path("notifications/slack/", views.show_link, name="show-link"),
    path("notifications/slack/code/", views.issue_code, name="issue-code"),
    path("notifications/slack/unlink/", views.unlink, name="unlink"),
    path("integrations/slack/actions", views.take_action, name="take-action"),
    path("integrations/slack/commands", views.take_command, name="take-command"),
]
