"""Addresses of on-call schedules."""

from django.urls import path

from orchestrator.oncall.views import calendars, overview, rotation, schedule

app_name = "oncall"
urlpatterns = [
    path("on-call/", overview.index, name="list-schedules"),
    # A role may be named roles, my or feeds: these never stand alone.
    path("on-call/roles/<slug:slug>/now/", overview.show_now, name="show-now"),
    path("on-call/roles/<slug:slug>/schedule/", overview.create_schedule, name="create-schedule"),
    path("on-call/my/calendars/", calendars.list_addresses, name="list-addresses"),
    path(
        "on-call/my/calendars/<int:number>/revoke/",
        calendars.revoke_address,
        name="revoke-address",
    ),
    path("on-call/feeds/<str:secret>.ics", calendars.read_calendar, name="read-calendar"),
    # /on-call/<slug>/
    path("on-call/<slug:slug>/", schedule.show, name="show-schedule"),
    path("on-call/<slug:slug>/change/", schedule.change_schedule, name="change-schedule"),
    path("on-call/<slug:slug>/layers/new/", rotation.set_layer, name="add-layer"),
    path("on-call/<slug:slug>/layers/<int:number>/", rotation.set_layer, name="change-layer"),
    path("on-call/<slug:slug>/layers/<int:number>/end/", rotation.end_layer, name="end-layer"),
    path("on-call/<slug:slug>/calendar/", schedule.connect_feed, name="connect-feed"),
    path("on-call/<slug:slug>/overrides/", schedule.make_override, name="make-override"),
    path(
        "on-call/<slug:slug>/overrides/<int:number>/withdraw/",
        schedule.withdraw_override,
        name="withdraw-override",
    ),
    path("on-call/<slug:slug>/swaps/", schedule.ask_swap, name="ask-swap"),
    path("on-call/<slug:slug>/swaps/<int:number>/", schedule.answer_swap, name="answer-swap"),
]
