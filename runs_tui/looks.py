"""How things look: a state's glyph, word and CSS class; times, durations and counts as text."""

import json
import re
from datetime import datetime

from runs_tui.model.run import Run, seconds_between
from runs_tui.model.state import State

_GLYPHS = {
    State.QUEUED: "○",
    State.RUNNING: "●",
    State.WAITING: "◇",
    State.SUCCEEDED: "✓",
    State.FAILED: "✗",
    State.CANCELLED: "■",
    State.SKIPPED: "–",
    State.UNKNOWN: "?",
}
ASCII = {
    sign: told
    for signs, others in (
        ("○●◇✓✗■–", "o@=+x#-"),
        ("▌◆♪▸▾▼›→↓↑↺", ">*!>vv>>v^&"),
        ("·×…‥⋯┄╷▇▒°µ", "-x.::-|=%ou"),
        ("│─┌┐└┘┬┴├┤┼", "|-..`'++||+"),
        ("┃━┏┓┗┛┯", "#=#####"),
        ("▏▕▔▁▎▊█▐▀▄", "||-_||#|-_"),
    )
    for sign, told in zip(signs, others, strict=True)
}
"""Every sign that is drawn, in ASCII: one cell for one cell, so that nothing moves."""
NOTHING = "–"
"""What stands where an API does not tell."""
ABOUT = "~"
"""What marks that something was concluded and not told."""


def glyph(state: State) -> str:
    """Give the one-cell sign of a state."""
    return _GLYPHS[state]


def css_class(state: State) -> str:
    """Give the component class that `styles/states.tcss` colours."""
    return f"state--{state}"


def word(run: Run) -> str:
    """Give the word for where a run stands; a server's word for ending or not known is kept."""
    told = run.status.casefold().replace(" ", "_")
    if run.active and told in {"cancelling", "canceling", "stopping"}:
        return "cancelling"
    if run.state is State.UNKNOWN and run.status:
        return run.status
    return run.state.value


def word_after_cancel(run: Run) -> str:
    """Say where a run stands that was asked to stop, also where it goes on in spite of that."""
    told = word(run)
    return f"asked to stop, still {told}" if run.active and told != "cancelling" else told


def duration(seconds: float | None) -> str:
    """Write an amount of time in two units at most: `41s`, `2m 11s`, `1h 02m`, `3d 04h`."""
    if seconds is None:
        return NOTHING
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s" if seconds >= 1 or whole == seconds else "<1s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m {rest:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h {minutes:02}m"
    days, hours = divmod(hours, 24)
    return f"{days}d {hours:02}h"


def amount(seconds: float) -> str:
    """Write an amount of time in one unit: `41s`, `12m`, `5h`, `3d`."""
    whole = int(seconds)
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if whole >= size:
            return f"{whole // size}{unit}"
    return f"{whole}s"


def tick(seconds: int) -> str:
    """Write an exact amount of time without blanks: `0`, `30s`, `1m30s`, `2h`."""
    told = ""
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        told += f"{count}{unit}" if count else ""
    return told or "0"


def about(seconds: float) -> str:
    """Write an amount of time as one says it: `41s`, `2m 10s`, `25m`, `3h 10m`."""
    units = ((60, 1), (600, 10), (3600, 60), (86_400, 600))
    unit = next((unit for most, unit in units if round(seconds / unit) * unit < most), 3600)
    told = duration(round(seconds / unit) * unit)
    return re.sub(r" 00[smh]$", "", told)


def latency(seconds: float) -> str:
    """Write how long an answer took: `34 ms`, `1.2 s`, `2m 11s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 59.95 else duration(seconds)


def size(number: int) -> str:
    """Write an amount of bytes: `512 B`, `1.2 kB`, `34 MB`."""
    if number < 1000:
        return f"{number} B"
    amount, unit = (number / 1000, "kB") if number < 999_500 else (number / 1_000_000, "MB")
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"


def line(round_trip: float | None, rate: float, sent: int) -> str:
    """Say how fast the line to the terminal is: seconds there and back, bytes a second, bytes."""
    trip = "not answering" if round_trip is None else f"{latency(round_trip)} there and back"
    return f"The line: {trip} · {size(round(rate))}/s in the last seconds · {size(sent)} in all"


def ago(instant: datetime | None, now: datetime) -> str:
    """Write how long ago an instant was, or in how long it will be."""
    if instant is None:
        return NOTHING
    seconds = (now - instant).total_seconds()
    if seconds < -1:
        return f"in {amount(-seconds)}"
    return f"{amount(max(seconds, 0))} ago"


def started(run: Run, now: datetime) -> str:
    """Write how long ago a run started; where its API tells only its creation, about as long."""
    if run.started_at is None and run.created_at is not None and run.state is not State.QUEUED:
        return f"{ABOUT}{ago(run.created_at, now)}"
    return ago(run.started_at, now)


def took(run: Run, now: datetime) -> str:
    """Write how long a run worked; where its API tells no start, about how long it is there."""
    seconds = run.duration(now)
    if seconds is None and run.state is not State.QUEUED and run.active:
        since = seconds_between(run.created_at, now)
        return NOTHING if since is None else f"{ABOUT}{duration(since)}"
    return duration(seconds)


def instant(at: datetime | None) -> str:
    """Write an instant in UTC, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else NOTHING


def flat(value: object) -> str:
    """Write any value of an API on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return " ".join(text.split())


def count(number: int) -> str:
    """Write a number with its thousands parted."""
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, `1 run` or `3 runs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
