"""Log lines: JSON, one a line, with keys and tokens masked."""

import json
import logging
import re

# Agent keys, bearer headers, and passwords in connection addresses.
SECRETS = re.compile(
    r"(csn_[A-Za-z0-9]+_)[A-Za-z0-9_-]+|([Bb]earer\s+)\S+|(://[^:/@\s]+:)[^@\s]+(?=@)"
)


def mask(text: str) -> str:
    """Return the text with whatever looks like a secret replaced."""
    return SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}[masked]", text)


class SecretFilter(logging.Filter):
    """Mask secrets before any handler formats a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message in place; never drop a record."""
        record.msg, record.args = mask(record.getMessage()), None
        return True


class JsonFormatter(logging.Formatter):
    """Write one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = mask(self.formatException(record.exc_info))
        return json.dumps(line)
