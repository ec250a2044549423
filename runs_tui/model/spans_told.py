"""Examples of times and durations, and what was begun of one, for typing on."""

import re
from collections.abc import Mapping, Sequence
from itertools import product

from runs_tui.model.span import moment_of

_TIMES = {
    ">1h": "the last hour",
    ">1d": "the last day",
    ">7d": "the last week",
    "<1d": "more than a day ago",
    "<7d": "more than a week ago",
}
_DURATIONS = {
    ">1m": "longer than a minute",
    ">10m": "longer than ten minutes",
    ">1h": "longer than an hour",
    "<10s": "shorter than ten seconds",
    "<1m": "shorter than a minute",
}
_ENDS = {"1h": "an hour ago", "1d": "a day ago", "7d": "a week ago"}
_LENGTHS = {"1m": "a minute", "10m": "ten minutes", "1h": "an hour"}
_BEGUN = re.compile(r"([<>]=?)?((?:\d{1,3}[smhdw])*)(\d{1,3})?", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"\d{4}(?:-(?:[01]|(?:0[1-9]|1[0-2])(?:-(?:[0-3]|(?:0[1-9]|[12]\d|3[01])(?:T[\d:.+-]*)?)?)?)?)?",
    re.IGNORECASE | re.ASCII,
)


def spans(typed: str, *, duration: bool) -> Mapping[str, str]:
    """Give what a time, or a duration, can go on as, each with what it means."""
    low, dots, high = typed.rpartition("..")
    examples = _DURATIONS if duration else _TIMES
    if dots:
        examples = _LENGTHS if duration else _ENDS
    begun = _BEGUN.fullmatch(high)
    if begun is None or (dots and begun[1]):
        return {}
    sign, whole, digits = begun.groups(default="")
    if not whole and not digits:
        fitting = {text: about for text, about in examples.items() if text[0] in (sign or text)}
        found = {(sign or text[:1]) + text[1:]: about for text, about in fitting.items()}
    elif digits:
        amounts = [f"{whole}{digits}{unit}" for unit in ("smh" if duration else "mhdw")]
        found = _signed(amounts, sign, dots, duration=duration)
    else:
        found = {} if sign or dots else _signed([whole], sign, dots, duration=duration)
    return {low + dots + text: about for text, about in found.items()}


def _signed(amounts: Sequence[str], sign: str, dots: str, *, duration: bool) -> dict[str, str]:
    if dots:
        return {amount: amount if duration else f"{amount} ago" for amount in amounts}
    more, less = ("longer than", "shorter than") if duration else ("the last", "before the last")
    signs = [sign] if sign else [">", "<"]
    told = product(signs, amounts)
    return {f"{mark}{amount}": f"{more if '>' in mark else less} {amount}" for mark, amount in told}


def is_growing(text: str) -> bool:
    """Tell whether a date, or the dots of a range, were begun and not ended."""
    end = text.rpartition("..")[2].lstrip("<>=")
    return text.endswith(".") or (bool(_DATE.fullmatch(end)) and moment_of(end) is None)
