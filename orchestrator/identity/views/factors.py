"""The page of what somebody signs in with."""

from typing import Any

from allauth.mfa.base.views import IndexView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from orchestrator.identity import directory


@method_decorator(never_cache, name="dispatch")
class Factors(IndexView):  # type: ignore[misc]  # the library has no types
    """Show passkeys, the app, recovery codes, and the directory where there is one."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Add whether the directory is on, and linked."""
        linked = directory.is_linked(self.request.user)
        name = directory.name() if directory.is_on() else ""
        return {**super().get_context_data(**more), "directory": name, "linked": linked}
