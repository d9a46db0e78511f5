"""Addresses of the paging app."""

from django.urls import path

from orchestrator.paging import views

app_name = "paging"
urlpatterns = [
    # /pages/
    path("pages/", views.list_pages, name="list-pages"),
    path("pages/mine/count/", views.count_mine, name="count-mine"),
    path("pages/unanswered/", views.show_unanswered, name="show-unanswered"),
    # /pages/<id>/
    path("pages/<str:page_id>/", views.show_page, name="show-page"),
    path("pages/<str:page_id>/acknowledge/", views.acknowledge, name="acknowledge-page"),
    path("pages/<str:page_id>/hand-on/", views.hand_on, name="hand-on-page"),
]
