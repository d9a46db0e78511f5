"""Addresses of observation."""

from django.urls import path

from orchestrator.observation import views

app_name = "observation"
urlpatterns = [
    path("workflows/<slug:slug>/agreement/", views.show_agreement, name="show-agreement"),
]
