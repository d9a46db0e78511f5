"""Addresses of failures and controls."""

from django.urls import URLPattern

app_name = "commits"
urlpatterns: list[URLPattern] = []
