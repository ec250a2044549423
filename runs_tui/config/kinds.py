"""The kinds of values that stand in a configuration: how each is read, written and described."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from runs_tui.config import words
from runs_tui.model.columns import COLUMNS, DETAILS, SYNONYMS, sort_of, wrong_column
from runs_tui.model.grammar import FilterError
from runs_tui.model.query import Query, Sort
from runs_tui.model.span import amount_text, seconds_of
from runs_tui.model.telling import WAYS
from runs_tui.model.words import did_you_mean

T = TypeVar("T")

_PLAIN = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
COLORS = (*_PLAIN, *(f"bright_{name}" for name in _PLAIN))
"""The sixteen colours of a terminal; `#rrggbb` gives any other."""
NOTIFYING = ("auto", *WAYS, "off")
"""How a terminal can be made to notify."""
_HEX = "#[0-9a-fA-F]{6}"
_ENTRY = r".*\S.*/.*\S.*"
_DETAIL = rf"{re.escape(DETAILS)}\S.*"


class WrongValue(ValueError):
    """What is wrong with a value, as it is said after the name of its key."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of values."""

    read: Callable[[Any], T]
    """Gives what a value of a TOML file means; raises WrongValue."""
    schema: Mapping[str, Any]
    """What a JSON Schema says of it."""
    write: Callable[[T], Any] = lambda value: value
    """Gives the value of a TOML file that means this."""


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str) and value.strip():
        return value
    raise WrongValue(" must be a text in quotes, and not empty")


def _truth(value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, bool):
        return value
    raise WrongValue(" must be true or false")


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise WrongValue(' must be a list of texts, as ["one", "two"]')


def _checked(complaint: Callable[[str], str | None]) -> Callable[[Any], str]:
    def read(value: Any) -> str:  # noqa: ANN401
        text = _text(value)
        told = complaint(text)
        if told:
            raise WrongValue(f": {told}")
        return text

    return read


def _command(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    command = _texts(value)
    if not command[0].strip():
        raise WrongValue(": the first word is the program to start, and not empty")
    return command


def _entry(value: Any) -> str:  # noqa: ANN401
    text = _text(value)
    if not re.fullmatch(_ENTRY, text):
        raise WrongValue(' must be service/user, as "runs-tui/prod"')
    return text


def _wrong_color(text: str) -> str | None:
    if text in COLORS or re.fullmatch(_HEX, text):
        return None
    return f"there is no color {text!r}: {did_you_mean(text, (*COLORS, '#rrggbb'))}"


def _amount(value: Any) -> float:  # noqa: ANN401
    seconds = seconds_of(value.strip()) if isinstance(value, str) else None
    if not seconds:
        raise WrongValue(' must be a time in quotes, as "5s" or "1m"')
    return seconds


def _filter(value: Any) -> Query:  # noqa: ANN401
    if not isinstance(value, str):
        raise WrongValue(" must be a text in quotes")
    try:
        return Query.parse(value)
    except FilterError as error:
        raise WrongValue(f", character {error.start + 1}: {error.message}") from None


def _sort(value: Any) -> Sort:  # noqa: ANN401
    try:
        return sort_of(_text(value))
    except WrongValue:
        raise
    except ValueError as error:
        raise WrongValue(f": {error}") from None


def _columns(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    columns = _texts(value)
    for place, column in enumerate(columns):
        told = wrong_column(column)
        if told or column in columns[:place]:
            raise WrongValue(f": {told or f'{column!r} stands there twice'}")
    return columns


def _wrong_way(text: str) -> str | None:
    return None if text in NOTIFYING else f"there is no way {text!r}: {', '.join(NOTIFYING)}"


TEXT = Kind(_text, {"type": "string", "pattern": r"\S"})
TRUTH = Kind(_truth, {"type": "boolean"})
API = Kind(_checked(words.wrong_api), TEXT.schema)
ADDRESS = Kind(
    _checked(words.wrong_url),
    {"type": "string", "pattern": f"^{words.ADDRESS}$"},
)
VARIABLE = Kind(
    _checked(words.wrong_variable), {"type": "string", "pattern": f"^{words.VARIABLE}$"}
)
COMMAND = Kind(
    _command,
    {"type": "array", "items": {"type": "string"}, "prefixItems": [TEXT.schema], "minItems": 1},
    list,
)
KEYRING_ENTRY = Kind(_entry, {"type": "string", "pattern": f"^{_ENTRY}$"})
COLOR = Kind(
    _checked(_wrong_color),
    {"type": "string", "anyOf": [{"enum": list(COLORS)}, {"pattern": f"^{_HEX}$"}]},
)
AMOUNT = Kind(
    _amount,
    {
        "type": "string",
        "pattern": r"^\s*([0-9]+(\.[0-9]+)?[smhdwSMHDW])+\s*$",
        "not": {"pattern": r"^[\s0.smhdwSMHDW]*$"},
    },
    amount_text,
)
FILTER = Kind(_filter, {"type": "string"}, str)
SORT = Kind(
    _sort,
    {
        "type": "string",
        "anyOf": [
            {"enum": [f"{sign}{name}" for sign in ("-", "") for name in (*COLUMNS, *SYNONYMS)]},
            {"pattern": f"^-?{_DETAIL}$"},
        ],
    },
    str,
)
WAY = Kind(_checked(_wrong_way), {"enum": list(NOTIFYING)})
COLUMN_LIST = Kind(
    _columns,
    {
        "type": "array",
        "items": {"type": "string", "anyOf": [{"enum": [*COLUMNS]}, {"pattern": f"^{_DETAIL}$"}]},
        "minItems": 1,
        "uniqueItems": True,
    },
    list,
)
