"""Addresses of the paging app."""

from django.urls import URLPattern

app_name = "paging"
urlpatterns: list[URLPattern] = []
