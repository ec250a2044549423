"""Text from strangers, made safe to draw."""

import re

ESCAPES = re.compile(
    r"""
    \x1b\[[0-?]*[ -/]*[@-~]?            # CSI, also unfinished
  | \x9b[0-?]*[ -/]*[@-~]?              # CSI in one byte
  | (?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])  # OSC, DCS, SOS, PM, APC ...
    [^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?  # ... and their text, to their end
  | \x1b[ -/]*[0-~]?                    # any other escape
    """,
    re.VERBOSE,
)
"""Every escape sequence of a terminal, also one that is cut off."""
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]
_DROPPED = dict.fromkeys([*_CONTROLS, *map(ord, _BIDI), *range(0xD800, 0xE000), 0xFEFF])
_IN_LINE = _DROPPED | dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x85\u2028\u2029"), " ")
_IN_LOG = _DROPPED | {ord("\n"): "\n", ord("\t"): "\t", 0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
_NEEDS_CARE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff{_BIDI}]")


def clean(text: str) -> str:
    """Make one line of foreign text safe: no escapes, controls, line ends or bidi overrides."""
    if not _NEEDS_CARE.search(text):
        return text
    return ESCAPES.sub("", text).translate(_IN_LINE).strip()


def clean_log(text: str) -> str:
    """Make foreign log text safe as `clean` does, but keep its line ends and tabs."""
    if not _NEEDS_CARE.search(text):
        return text
    return safe_log(ESCAPES.sub("", text.replace("\r\n", "\n"))).rstrip("\n")


def safe_log(text: str) -> str:
    """Take the controls out of log text that has no escapes, but for line ends and tabs."""
    return text.replace("\r", "\n").translate(_IN_LOG)


def clean_value(value: object) -> object:
    """Clean every string in a decoded JSON value, keys included."""
    match value:
        case str():
            return clean_log(value)
        case dict():
            return {clean(str(key)): clean_value(item) for key, item in value.items()}
        case list() | tuple():
            return [clean_value(item) for item in value]
        case _:
            return value


def shorten(text: str, width: int) -> str:
    """Cut text to a number of characters, the last one an ellipsis where anything was cut."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"[:width]


def one_line(text: str, width: int = 300) -> str:
    """Fold foreign text into one clean line of at most `width` characters."""
    return shorten(" ".join(clean(text).split()), width)
