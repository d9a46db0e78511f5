"""Addresses of the notifications app."""

from django.urls import path

from orchestrator.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.list_notifications, name="list-notifications"),
    path("notifications/unread/", views.show_unread, name="show-unread"),
    path("notifications/read/", views.read_all, name="read-all"),
    path("notifications/settings/", views.show_settings, name="show-settings"),
    path("notifications/settings/times/", views.save_times, name="save-times"),
    path("notifications/settings/test/", views.send_test, name="send-test"),
    path("notifications/channels/", views.add_channel, name="add-channel"),
    path("notifications/channels/order/", views.order_channels, name="order-channels"),
    path(
        "notifications/channels/<int:channel_id>/remove/",
        views.remove_channel,
        name="remove-channel",
    ),
    path("notifications/roles/", views.show_role_channels, name="show-role-channels"),
    path("notifications/roles/channels/", views.add_role_channel, name="add-role-channel"),
    path("notifications/roles/<slug:slug>/test/", views.test_role, name="test-role"),
    path("notifications/deliveries/", views.list_deliveries, name="list-deliveries"),
    path(
        "notifications/deliveries/<str:delivery_id>/retry/",
        views.retry_delivery,
        name="retry-delivery",
    ),
    path(
        "notifications/<str:notification_id>/open/",
        views.open_notification,
        name="open-notification",
    ),
    path(
        "notifications/<str:notification_id>/read/",
        views.read_notification,
        name="read-notification",
    ),
]
