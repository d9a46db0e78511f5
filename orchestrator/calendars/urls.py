"""Addresses of calendars; who uses one is shown by the workflows, which stand above."""

from django.urls import path

from orchestrator.calendars import views

app_name = "calendars"
urlpatterns = [
    path("calendars/", views.index, name="list-calendars"),
    path("calendars/new/", views.create, name="create-calendar"),
    path("calendars/<slug:slug>/", views.show, name="show-calendar"),
    path("calendars/<slug:slug>/change/", views.change, name="change-calendar"),
    path("calendars/<slug:slug>/days/", views.set_special_day, name="set-special-day"),
    path("calendars/<slug:slug>/days/remove/", views.remove_special_day, name="remove-special-day"),
]
