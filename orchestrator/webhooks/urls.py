"""Addresses of the webhooks app; `name` is the agent's name, or its id."""

from django.urls import path

from orchestrator.webhooks import views

app_name = "webhooks"
AGENT = "agents/<slug:name>/webhooks/"
ENDPOINT = f"{AGENT}<str:endpoint_id>/"
DELIVERY = f"{ENDPOINT}messages/<str:delivery_id>/"
urlpatterns = [
    path(AGENT, views.index, name="list-endpoints"),
    path(f"{AGENT}add/", views.add, name="add-endpoint"),
    path(ENDPOINT, views.detail, name="show-endpoint"),
    path(f"{ENDPOINT}events/", views.choose_events, name="choose-events"),
    path(f"{ENDPOINT}pause/", views.pause, name="pause-endpoint"),
    path(f"{ENDPOINT}resume/", views.resume, name="resume-endpoint"),
    path(f"{ENDPOINT}remove/", views.remove, name="remove-endpoint"),
    path(f"{ENDPOINT}secret/", views.rotate, name="rotate-secret"),
    path(f"{ENDPOINT}test/", views.send_test, name="send-test"),
    path(f"{ENDPOINT}replay/", views.replay_dead, name="replay-dead"),
    path(f"{ENDPOINT}replay-since/", views.replay_since, name="replay-since"),
    path(DELIVERY, views.show_delivery, name="show-delivery"),
    path(f"{DELIVERY}replay/", views.replay, name="replay-delivery"),
]
