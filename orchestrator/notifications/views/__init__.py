"""Pages of the notifications app."""

from orchestrator.notifications.views.centre import (
    list_notifications,
    open_notification,
    read_all,
    read_notification,
    show_unread,
)
from orchestrator.notifications.views.choosing import (
    add_channel,
    order_channels,
    remove_channel,
    save_times,
    send_test,
    show_settings,
)
from orchestrator.notifications.views.deliveries import list_deliveries, retry_delivery
from orchestrator.notifications.views.roles import (
    add_role_channel,
    show_role_channels,
    test_role,
)

__all__ = [
    "add_channel",
    "add_role_channel",
    "list_deliveries",
    "list_notifications",
    "open_notification",
    "order_channels",
    "read_all",
    "read_notification",
    "remove_channel",
    "retry_delivery",
    "save_times",
    "send_test",
    "show_role_channels",
    "show_settings",
    "show_unread",
    "test_role",
]
