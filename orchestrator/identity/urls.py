"""Addresses of the identity app."""

from django.urls import URLPattern

app_name = "identity"
urlpatterns: list[URLPattern] = []
