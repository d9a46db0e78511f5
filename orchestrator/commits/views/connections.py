"""The connections to the CRM: what they are, testing and changing them, trying a paused one."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.commits import connection_checks, connection_pages, probing
from orchestrator.commits.connection_forms import ConnectForm, CredentialsForm
from orchestrator.commits.gate import Gate
from orchestrator.commits.permissions import check_connect, check_connection, may_connect
from orchestrator.connectors.examination import Finding
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.orgs.models import OrgKind
from orchestrator.orgs.operations import change_credentials, connect_org
from orchestrator.web.request import Request

PAGE = "commits/connection.html"
SAY = {Finding.PASSED: messages.success, Finding.WARNED: messages.warning}
# Where the first steps of an installation go on; they stand above this package.
START = "/start/"


@never_cache
@require_safe
def index(request: Request) -> HttpResponse:
    """List the connections that the person may see."""
    cards = connection_pages.cards(request.user, at=clock.now())
    context = {"cards": cards, "connects": may_connect(request.user)}
    return render(request, "commits/connections.html", context)


@never_cache
@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    """Show one connection: where it leads, how it stands, what was last heard of it."""
    return render(
        request, PAGE, connection_pages.connection_page(request.user, slug, at=clock.now())
    )


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def connect(request: Request) -> HttpResponse:
    """Connect an org; nothing is asked of it before it is tested."""
    check_connect(request.user)
    form = ConnectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            org = connect_org(
                **form.cleaned_data,
                kind=OrgKind.SALESFORCE,
                by=request.user.actor,
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{org.title} is connected. Test it now: nothing asked it.")
            return redirect(_way_on(request) or f"/connections/{org.slug}/")
    context = {"form": form, "from_start": "start" in request.GET}
    return render(request, "commits/connect.html", context, status=422 if form.errors else 200)


@require_POST
def test(request: Request, slug: str) -> HttpResponse:
    """Look at the org now; what it says stands on its page and in the ledger."""
    check_connect(request.user)
    org = connection_pages.org_for(request.user, slug)
    found = connection_checks.examine_org(org=org, by=request.user.actor, at=clock.now())
    problems = [step for step in found.steps if step.finding != Finding.PASSED]
    words = f"{problems[0].title}: {problems[0].words}" if problems else "It signs in, and answers."
    SAY.get(found.finding, messages.error)(request, f"{org.title} was tested. {words}")
    return redirect(_way_on(request) or f"/connections/{slug}/#test")


@never_cache
@sensitive_post_parameters("secret")
@require_POST
def save_credentials(request: Request, slug: str) -> HttpResponse:
    """Replace what the org is signed in to with."""
    check_connect(request.user)
    at, form = clock.now(), CredentialsForm(request.POST)
    org = connection_pages.org_for(request.user, slug)
    if form.is_valid():
        try:
            change_credentials(org=org, **form.cleaned_data, by=request.user.actor, at=at)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"The credentials of {org.title} are saved. Test them now.")
            return redirect("commits:show-connection", slug)
    context = connection_pages.connection_page(request.user, slug, at=at, form=form)
    return render(request, PAGE, context, status=422)


@never_cache
@require_POST
def try_again(request: Request, slug: str) -> HttpResponseBase:
    """Have a paused org tried now; a worker does it, and resumes or pauses it again."""
    check_connection(request.user)
    gate = Gate.objects.filter(org__slug=slug).select_related("org").first()
    if gate is None:
        raise NotFound("There is no paused connection of that name.")
    reason = request.POST.get("reason", "")
    probing.try_now(gate=gate, reason=reason, by=request.user.actor, at=clock.now())
    messages.success(request, f"{slug} is tried now. Reload in a moment to see what it says.")
    return redirect("commits:show-controls")


def _way_on(request: Request) -> str:
    return START if request.POST.get("from") == "start" else ""
