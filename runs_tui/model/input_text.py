"""An input's value as one line that people read and type."""

import json
from enum import Enum, auto
from typing import NoReturn

from runs_tui.model.inputs import UNSET, JsonValue, MaybeValue, RunInput, same
from runs_tui.model.text import clean, shorten

HIDDEN = "••••"
"""What stands for a value that is not to be shown."""
NOTHING = "left out"
"""What stands for no value."""
_MOST_TOLD = 6
_NULL = "null"
_ANY = "a number, true, false, null, [...], {...}, or a text in quotes"
_QUOTE = '"'
_NO_TEXTS = frozenset({"integer", "number", "boolean", "object", "array"})


class Writing(Enum):
    """How the line of an input is read."""

    TEXT = auto()
    """As it is; only `null` and what begins with a quote is JSON."""
    JSON = auto()
    """As JSON."""
    EITHER = auto()
    """As JSON where it is that, else as it is."""


def writing_of(field: RunInput) -> Writing:
    """Say how the line of an input is read: by its type, else by what it was."""
    if field.type is not None:
        types = set(field.type.split(" or ")) - {_NULL}
        if types <= _NO_TEXTS:
            return Writing.JSON
        return Writing.TEXT if types == {"string"} else Writing.EITHER
    known = (value for value in (field.value, field.default) if value not in (UNSET, None))
    match next(known, None):
        case None:
            return Writing.EITHER
        case str():
            return Writing.TEXT
        case _:
            return Writing.JSON


def text_of(value: MaybeValue, writing: Writing) -> str:
    """Write a value in one safe line, from which `value_of` reads the same; nothing is empty."""
    if value is UNSET:
        return ""
    if isinstance(value, str) and clean(value) == value and _reads(value, value, writing):
        return value
    told = json.dumps(value, ensure_ascii=False)
    return told if clean(told) == told else json.dumps(value)


def value_of(text: str, writing: Writing) -> MaybeValue:
    """Read a line; raise ValueError with a sentence where it is wrong. An empty one is no value."""
    bare = text.strip()
    if not text or (writing is not Writing.TEXT and not bare):
        return UNSET
    if bare == _NULL:
        return None
    if writing is Writing.TEXT:
        return _json(bare, "it begins with a quote but is") if bare[:1] == _QUOTE else text
    if writing is Writing.JSON or bare[0] in '{["':
        return _json(bare, "it is")
    try:
        return _json(bare, "it is")
    except ValueError:
        return text


def shown(field: RunInput, value: MaybeValue, width: int = 40) -> str:
    """Write a value for a sentence, cut to a width, or what stands for it where it is secret."""
    if value is UNSET:
        return NOTHING
    if field.secret:
        return HIDDEN
    return shorten(text_of(value, writing_of(field)), width)


def complaint_of(field: RunInput, value: MaybeValue) -> str | None:
    """Say why an input cannot become a value; None where it can. What it was it can always be."""
    if value is UNSET:
        needed = field.required and field.default is UNSET
        return "it is required" if needed else None
    if same(value, field.value) or not field.choices:
        return None
    if any(same(value, choice) for choice in field.choices):
        return None
    return f"it must be one of {told_choices(field)}"


def kind_of(field: RunInput) -> str:
    """Write of what type an input is, for a person; nothing where the API does not tell."""
    return (field.type or "").replace("string", "text")


def if_left_out(field: RunInput) -> str:
    """Say what the API takes where an input is left out; nothing where it tells none."""
    return "" if field.default is UNSET else f"{shown(field, field.default)} if left out"


def told_choices(field: RunInput) -> str:
    """Write the first of the values that an input may have."""
    told = [shown(field, choice) for choice in field.choices[:_MOST_TOLD]]
    more = ["…"] if len(field.choices) > _MOST_TOLD else []
    return ", ".join(told + more)


def change(field: RunInput, value: MaybeValue) -> str:
    """Say what an input becomes, as `limit: 10 → 20`."""
    name = clean(field.name)
    if field.secret and UNSET not in (field.value, value):
        return f"{name}: changed, {HIDDEN}"
    return f"{name}: {shown(field, field.value)} → {shown(field, value)}"


def _reads(text: str, value: str, writing: Writing) -> bool:
    try:
        return same(value_of(text, writing), value)
    except ValueError:
        return False


def _json(text: str, what: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=_no_number)
        json.dumps(value, allow_nan=False)
    except json.JSONDecodeError as error:
        why = f"{error.msg}, at character {error.colno}" if error.pos else _ANY
        raise ValueError(f"{what} no JSON: {why}") from None
    except (ValueError, RecursionError):
        raise ValueError(f"{what} no JSON that can be sent") from None
    return value


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)
