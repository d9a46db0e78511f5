"""The calendars app: working hours and holidays."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "orchestrator.calendars"
    label = "calendars"
