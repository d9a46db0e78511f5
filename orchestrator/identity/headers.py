"""What every answer tells the browser about safety, beside the content policy and HSTS."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Nothing here needs a camera; a passkey is asked for by this site alone.
PERMISSIONS = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid",
                "microphone", "midi", "payment", "serial", "usb",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)  # fmt: skip


class SafetyHeadersMiddleware:
    """Say it on every answer; what a signed-in person saw is kept by no cache."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what is missing."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        person = getattr(request, "user", None)
        if person is not None and person.is_authenticated and "Cache-Control" not in response:
            # Whoever presses the back button after signing out sees nothing.
            response.headers["Cache-Control"] = "no-store, private"
        return response
