"""Addresses of workflows; the way up is a proposal and stands in approvals.urls."""

from django.urls import path

from orchestrator.workflows import views

app_name = "workflows"
urlpatterns = [
    path("calendars/<slug:slug>/uses/", views.calendar_uses, name="list-calendar-uses"),
    path("calendars/<slug:slug>/roles/", views.set_role_calendar, name="set-role-calendar"),
    path("workflows/", views.index, name="list-workflows"),
    path("workflows/<slug:slug>/", views.overview, name="show-workflow"),
    path("workflows/<slug:slug>/mode/", views.lower_mode, name="lower-mode"),
    path("workflows/<slug:slug>/rights/", views.give_right, name="give-right"),
    path("workflows/<slug:slug>/rights/take/", views.take_right, name="take-right"),
    path("workflows/<slug:slug>/versions/", views.versions, name="list-versions"),
    path("workflows/<slug:slug>/versions/<int:number>/", views.overview, name="show-version"),
    path("workflows/<slug:slug>/versions/<int:number>/source/", views.source, name="show-source"),
]
