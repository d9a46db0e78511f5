"""Where every address leads."""

from django.urls import include, path

urlpatterns = [
    path("", include("approvals.urls")),
    path("", include("audit.urls")),
    path("", include("orchestrator.workflows.urls")),
    path("", include("orchestrator.agents.urls")),
    path("", include("orchestrator.people.urls")),
    path("", include("orchestrator.calendars.urls")),
    path("", include("orchestrator.oncall.urls")),
    path("", include("orchestrator.notifications.urls")),
    path("", include("orchestrator.webhooks.urls")),
    path("", include("orchestrator.paging.urls")),
    path("", include("orchestrator.commits.urls")),
    path("", include("orchestrator.rollbacks.urls")),
    path("", include("orchestrator.reconciliation.urls")),
    path("", include("orchestrator.observation.urls")),
    path("", include("orchestrator.duties.urls")),
    path("", include("orchestrator.chat.urls")),
    path("", include("orchestrator.identity.urls")),
    path("", include("orchestrator.live.urls")),
    path("", include("orchestrator.onboarding.urls")),
    path("", include("orchestrator.assurance.urls")),
    path("", include("orchestrator.gateway.urls")),
    path("", include("orchestrator.insight.urls")),
]
