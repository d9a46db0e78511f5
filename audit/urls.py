"""Addresses of the ledger."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("ledger/", views.ledger, name="show-ledger"),
]
