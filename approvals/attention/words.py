"""What is said about an approval that came sooner than anybody can read. Pure."""

import datetime as dt

ROUND_TO = 5


def hasty_words(*, changes: int, took: dt.timedelta, takes: dt.timedelta) -> str:
    """Say how quickly a change was approved, beside how long reading it takes."""
    one = changes == 1
    return (
        f"You approved {changes} change{'' if one else 's'} in {seconds(took)}. "
        f"Reading {'it' if one else 'them'} takes about {about(takes)}."
    )


def hasty_list_words(*, lines: int, took: dt.timedelta, takes: dt.timedelta) -> str:
    """Say the same of a list that was approved at once."""
    one = lines == 1
    return (
        f"You had this list of {lines} before you for {seconds(took)}. Reading "
        f"{'its line' if one else 'its lines'} takes about {about(takes)}; if you had read "
        f"{'it' if one else 'them'} in your inbox before, all is well."
    )


def seconds(time: dt.timedelta) -> str:
    """Return a short time in words, rounded down: "4 s", "2 min"."""
    whole = int(time.total_seconds())
    return f"{whole} s" if whole < 120 else f"{whole // 60} min"


def about(time: dt.timedelta) -> str:
    """Return a time in round figures: nobody reads to the second."""
    whole = max(round(time.total_seconds() / ROUND_TO) * ROUND_TO, ROUND_TO)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"
