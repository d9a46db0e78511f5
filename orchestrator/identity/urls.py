"""Addresses of signing in; of the library's own pages only those that are needed here."""

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path
from django.views.generic import RedirectView

from orchestrator.identity.views import confirm, directory, factors, scim, sessions, sign_in

to_factors = RedirectView.as_view(pattern_name="mfa_index")
ours = [
    path("account/sessions/", sessions.show, name="show-sessions"),
    path("account/sessions/others/end/", sessions.end_others, name="end-other-sessions"),
    path("account/sessions/<int:session_id>/end/", sessions.end_one, name="end-session"),
    path("account/directory/", directory.sign_in, name="directory-sign-in"),
    path("directory/groups/", directory.show_groups, name="show-groups"),
    path("directory/groups/map/", directory.map_group, name="map-group"),
    path("directory/groups/<int:mapping_id>/remove/", directory.unmap_group, name="unmap-group"),
    path("scim/v2/ServiceProviderConfig", scim.configuration, name="scim-configuration"),
    path("scim/v2/Users", scim.users, name="scim-users"),
    path("scim/v2/Users/<str:user_id>", scim.user, name="scim-user"),
    path("account/confirm/directory/", confirm.confirm_directory, name="confirm-directory"),
    path("account/confirm/done/", confirm.confirmed, name="show-confirmed"),
    path("account/confirm/go-on/", confirm.go_on, name="go-on"),
    path("people/<str:name>/sign-in/", sessions.show_person, name="show-sign-in-of"),
    path("people/<str:name>/sign-in/end/", sessions.end_of_person, name="end-sessions-of"),
    path(
        "people/<str:name>/sign-in/factors/remove/",
        sessions.remove_factors_of,
        name="remove-factors-of",
    ),
]
# The library looks these names up itself.
account = [
    path("directory/back/", directory.come_back, name="openid_connect_callback"),
    path("two-step/", sign_in.TwoStep.as_view(), name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("factors/", factors.Factors.as_view(), name="mfa_index"),
    path("factors/app/", app.activate_totp, name="mfa_activate_totp"),
    path("factors/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("factors/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "factors/codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("factors/passkeys/", to_factors, name="mfa_list_webauthn"),
    path("factors/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("factors/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("confirm/password/", confirm.ConfirmByPassword.as_view(), name="account_reauthenticate"),
    path("confirm/code/", confirm.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        confirm.ConfirmByPasskey.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
]

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("account/", include(account)),
    path("", include((ours, "identity"))),
]
