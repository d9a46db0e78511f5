"""Partials: one page, one view, and the fragments of it that htmx may ask for alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

from orchestrator.web.request import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]


def partials(*names: str) -> Callable[[View[P]], View[P]]:
    """
    Render only `template#name` when htmx targets the element with that id.

    A name is three things at once: the partial, the element's id and the hx-target. The view lists
    the names it is willing to render alone, so a client cannot pick a fragment past a check.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response: Any = view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse) and request.htmx.target in names:
                response.template_name = f"{response.template_name}#{request.htmx.target}"
            patch_vary_headers(response, ["HX-Request", "HX-Target"])
            return response  # type: ignore[no-any-return]  # htmx knows it as a response

        return wrapper  # type: ignore[return-value]  # wraps() forgets that request is positional

    return decorate
