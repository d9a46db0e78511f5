"""Addresses of the auditor."""

from django.urls import path

from orchestrator.assurance import views

app_name = "assurance"
urlpatterns = [
    path("assurance/", views.show_assurance, name="show-assurance"),
    path("assurance/look/", views.look_now, name="look-now"),
    path("assurance/alarm/", views.try_alarm, name="try-alarm"),
]
