"""Addresses of people and roles, and of one's own page."""

from django.urls import path

from orchestrator.people.views import invitations, me, person, registry, roles

app_name = "people"
urlpatterns = [
    path("people/", registry.index, name="list-people"),
    path("people/new/", registry.add_person, name="add-person"),
    path("people/invite/", invitations.invite, name="invite-person"),
    path("sign-in/welcome/<str:name>/<str:token>/", invitations.welcome, name="show-welcome"),
    path("people/roles/", registry.create_role, name="create-role"),
    path("people/roles/<slug:slug>/", roles.show, name="show-role"),
    path("people/roles/<slug:slug>/change/", roles.change, name="change-role"),
    path("people/roles/<slug:slug>/remove/", roles.remove, name="remove-role"),
    path("people/roles/<slug:slug>/members/", registry.add_member, name="add-member"),
    path(
        "people/roles/<slug:slug>/members/<str:name>/remove/",
        registry.remove_member,
        name="remove-member",
    ),
    path("people/<str:name>/", person.show, name="show-person"),
    path("people/<str:name>/invite/", invitations.invite_again, name="invite-again"),
    path("people/<str:name>/absences/", person.set_absence, name="set-absence"),
    path("people/<str:name>/hand-over/", person.hand_over, name="hand-over"),
    path("people/<str:name>/close/", person.close, name="close-account"),
    path("people/<str:name>/reopen/", person.reopen, name="reopen-account"),
    path("absences/<int:absence_id>/end/", me.end_absence, name="end-absence"),
    path("absences/<int:absence_id>/delegate/", me.change_delegate, name="change-delegate"),
    path("me/", me.show, name="show-me"),
    path("me/time-zone/", me.change_time_zone, name="change-time-zone"),
    path("me/password/", me.change_password, name="change-password"),
]
