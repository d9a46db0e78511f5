"""Addresses of duties."""

from django.urls import path

from orchestrator.duties import views

app_name = "duties"
urlpatterns = [
    path("duties/", views.index, name="list-duties"),
    path("duties/arrange/<int:duty_id>/", views.arrange_duty, name="arrange-duty"),
    path("duties/<int:round_id>/", views.show_round, name="show-round"),
    path("duties/<int:round_id>/print/", views.print_round, name="print-round"),
    path("duties/<int:round_id>/export/", views.export_round, name="export-round"),
    path("duties/<int:round_id>/finish/", views.finish_round, name="finish-round"),
    path("duties/<int:round_id>/hand-on/", views.hand_on, name="hand-on-round"),
    path("duties/<int:round_id>/together/", views.sign_together, name="sign-together"),
    path("duties/<int:round_id>/lines/<int:line_id>/", views.sign_line, name="sign-line"),
    path("duties/<int:round_id>/lines/<int:line_id>/carry-out/", views.carry_out, name="carry-out"),
]
