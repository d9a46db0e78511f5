"""Addresses of agents; `name` is the agent's name, or its id where several share the name."""

from django.urls import path

from orchestrator.agents import views

app_name = "agents"
urlpatterns = [
    path("agents/", views.index, name="list-agents"),
    path("agents/new/", views.register, name="register-agent"),
    path("agents/<slug:name>/", views.detail, name="show-agent"),
    path("agents/<slug:name>/owner/", views.change_owner, name="change-owner"),
    path("agents/<slug:name>/state/", views.change_state, name="change-state"),
    path("agents/<slug:name>/keys/", views.issue_key, name="issue-key"),
    path("agents/<slug:name>/keys/<slug:prefix>/rotate/", views.rotate_key, name="rotate-key"),
    path("agents/<slug:name>/keys/<slug:prefix>/revoke/", views.revoke_key, name="revoke-key"),
    path("agents/<slug:name>/grants/", views.give_grant, name="give-grant"),
    path("agents/<slug:name>/grants/<int:number>/end/", views.end_grant, name="end-grant"),
]
