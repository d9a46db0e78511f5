"""Addresses of the doors for agents."""

from django.urls import path

from orchestrator.gateway.rest import api

urlpatterns = [path("api/v1/", api.urls)]
