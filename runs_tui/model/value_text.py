"""What the lines of a document say: as JSON, or plainly."""

import json
from collections.abc import Mapping

from runs_tui.model.value_lines import Kind, ValueLines

LONGEST = 1000
"""How many characters of a text are drawn at most."""
_dumps = json.JSONEncoder(ensure_ascii=False, default=str).encode


def label(lines: ValueLines, number: int) -> str:
    """Write the name that stands before a value, with what parts them in JSON."""
    key = lines.keys[number]
    if key is None:
        return ""
    if lines.json:
        return "" if isinstance(key, int) else f"{_dumps(key)}: "
    return str(key)


def text(lines: ValueLines, number: int, longest: int | None = None) -> str:
    """Write what a line says besides, of a text only so many characters."""
    kind, value = lines.kinds[number], lines.values[number]
    if not lines.json:
        return "" if kind is Kind.OPEN else _plain(lines, number, longest)
    if kind is Kind.OPEN:
        return _brackets(value)[0]
    if kind is Kind.CLOSE:
        return _brackets(lines.value(number))[1] + _comma(lines, number)
    if kind is Kind.MORE:
        last = lines.ends[lines.parents[number]] == number + 1
        return _cut(value, longest) + (f'"{_comma(lines, number)}' if last else "")
    first = lines.first_pieces.get(number)
    if first is not None:
        return f'"{_cut(first, longest)}'
    told = _cut(value, longest) if isinstance(value, str) else value
    return _dumps(told) + _comma(lines, number)


def folded_text(lines: ValueLines, number: int) -> str:
    """Write what stands for all that is folded into a line."""
    value = lines.values[number]
    comma = _comma(lines, number) if lines.json else ""
    if isinstance(value, str):
        quote = '"' if lines.json else ""
        first = _cut(lines.first_pieces[number], LONGEST).rstrip()
        return f"{quote}{first} … {lines.ends[number] - number} lines{quote}{comma}"
    noun = "key" if isinstance(value, Mapping) else "item"
    opening, closing = _brackets(value)
    return f"{opening}… {len(value):,} {noun}{'' if len(value) == 1 else 's'}{closing}{comma}"


def written(value: object) -> str:
    """Write a value as it is copied: a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _plain(lines: ValueLines, number: int, longest: int | None) -> str:
    value = lines.first_pieces.get(number, lines.values[number])
    return _cut(value, longest) if isinstance(value, str) else _dumps(value)


def _comma(lines: ValueLines, number: int) -> str:
    end = lines.ends[lines.owner(number)]
    goes_on = end < len(lines) and lines.kinds[end] is not Kind.CLOSE
    return "," if goes_on else ""


def _brackets(value: object) -> tuple[str, str]:
    return ("{", "}") if isinstance(value, Mapping) else ("[", "]")


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else text[:longest] + "…"
