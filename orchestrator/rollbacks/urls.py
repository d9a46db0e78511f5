"""Addresses of rollbacks."""

from django.urls import path

from orchestrator.rollbacks import views

app_name = "rollbacks"
urlpatterns = [
    path("rollbacks/", views.list_rollbacks, name="list-rollbacks"),
    path("rollbacks/new/", views.preview_rollback, name="preview-rollback"),
    path("rollbacks/request/", views.request_rollback, name="request-rollback"),
    path("rollbacks/<str:rollback_id>/", views.show_rollback, name="show-rollback"),
]
