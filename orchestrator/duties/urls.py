"""Addresses of the duties app."""

from django.urls import URLPattern

app_name = "duties"
urlpatterns: list[URLPattern] = []
