"""Text made fit to leave: bounded, on one line, every invisible character shown; pure."""

from orchestrator.notifications.messages import (
    LONGEST_LINE,
    LONGEST_TITLE,
    MOST_LINES,
    Message,
)
from orchestrator.web.visible_text import visible_line

LONGEST_PATH = 300


def plain(text: str, longest: int = LONGEST_LINE) -> str:
    """Return text on one line, control and direction characters made visible, cut to a length."""
    line = visible_line(str(text)).strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def bounded(message: Message) -> tuple[str, list[str], list[str]]:
    """Return a message's title, lines and details as they are stored and sent."""
    return (
        plain(message.title, LONGEST_TITLE),
        [plain(line) for line in message.lines[:MOST_LINES]],
        [plain(line) for line in message.details[:MOST_LINES]],
    )
