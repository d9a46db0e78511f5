"""Addresses of the oncall app."""

from django.urls import URLPattern

app_name = "oncall"
urlpatterns: list[URLPattern] = []
