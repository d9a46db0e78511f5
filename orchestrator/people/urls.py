"""Addresses of people and roles."""

from django.urls import path

from orchestrator.people import views

app_name = "people"
urlpatterns = [
    path("people/", views.index, name="list-people"),
    path("people/new/", views.add_person, name="add-person"),
    path("people/roles/", views.create_role, name="create-role"),
    path("people/roles/<slug:slug>/members/", views.add_member, name="add-member"),
    path(
        "people/roles/<slug:slug>/members/<str:name>/remove/",
        views.remove_member,
        name="remove-member",
    ),
]
