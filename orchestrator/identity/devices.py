"""Which device a session is on, in a few words; the browser's own line is too long to read."""

SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
            ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def in_words(line: str) -> str:
    """Return browser and system, such as `Firefox on Windows`."""
    system = next((words for mark, words in SYSTEMS if mark in line), "")
    browser = next((words for mark, words in BROWSERS if mark in line), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "An unknown device"


def is_phone(line: str) -> bool:
    """Say whether it is carried in a pocket."""
    return any(mark in line for mark in ("iPhone", "Android", "Mobile"))
