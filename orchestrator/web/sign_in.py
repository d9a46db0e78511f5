"""The sign-in and sign-out pages."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from orchestrator.web.demo_people import DEMO_PASSWORD, DEMO_PEOPLE


class SignIn(LoginView):
    """Sign in with a user name and a password; the demo offers its people as buttons."""

    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's people where this is the demo."""
        people = DEMO_PEOPLE if settings.DEMO else []
        return super().get_context_data(
            demo_people=people, demo_password=DEMO_PASSWORD if people else "", **kwargs
        )


urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
]
