"""Addresses of the ledger."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("ledger/", views.ledger, name="show-ledger"),
    path("records/<str:object_name>/<str:record_id>/", views.record, name="show-record"),
]
