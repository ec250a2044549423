"""JSON on several lines, also where its end is missing."""

import re
from collections.abc import Iterator

_TOKENS = re.compile(
    r"""
    (?P<string>"(?:[^"\\]|\\.)*"?)
  | (?P<empty>\{\s*\}|\[\s*\])
  | (?P<open>[{\[])
  | (?P<close>[}\]])
  | (?P<comma>,)
  | (?P<colon>:)
  | (?P<space>\s+)
  | (?P<word>[^\s"{}\[\],:]+)
    """,
    re.VERBOSE,
)
_INDENT = "  "


def looks_like_json(text: str) -> bool:
    """Tell whether a text begins as an object or a list does."""
    return text.lstrip()[:1] in ("{", "[")


def json_lines(text: str) -> Iterator[str]:
    """Give the lines of JSON, indented by two a level; what is no JSON comes as it is."""
    depth = 0
    line = ""
    for token in _TOKENS.finditer(text):
        part = token[0]
        match token.lastgroup:
            case "open":
                yield line + part
                depth += 1
                line = _INDENT * depth
            case "close":
                if line.strip():
                    yield line
                depth = max(depth - 1, 0)
                line = _INDENT * depth + part
            case "comma":
                yield line + part
                line = _INDENT * depth
            case "colon":
                line += ": "
            case "empty":
                line += part[0] + part[-1]
            case "space":
                continue
            case _:
                line += part
    if line.strip():
        yield line
