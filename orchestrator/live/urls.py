"""Addresses of the live app."""

from django.urls import path

from orchestrator.live import views

app_name = "live"
urlpatterns = [
    # An event stream to whoever accepts one: see orchestrator/live/streams.py.
    path("live/", views.show_pass, name="show-pass"),
]
