"""What a table of runs can show and be sorted by, in the words of configurations and screens."""

import re
from collections.abc import Mapping

from runs_tui.model.query import Sort
from runs_tui.model.words import did_you_mean

COLUMNS: Mapping[str, str] = {
    "state": "where the run stands",
    "workflow": "what was run",
    "run": "the run's own name, else the beginning of its id",
    "id": "its id, as the API writes it",
    "source": "the source that told of it",
    "trigger": "what started it",
    "created": "when it came to be",
    "started": "when it began to work",
    "finished": "when it ended",
    "took": "how long it worked",
    "attempt": "which attempt it is",
    "progress": "how far it is",
    "reason": "why it ended or waits so, in the server's words",
    "error": "what went wrong, in one line",
}
"""The columns that every API has, each with what it shows; runs can be sorted by all of them."""
DETAILS = "details."
"""What stands before the name of an API's own field to make it a column."""
SYNONYMS: Mapping[str, str] = {"duration": "took"}
"""Other names of columns that a sort understands: what the fields of a filter are called."""

_DETAIL = re.compile(rf"{re.escape(DETAILS)}\S.*")


def wrong_column(name: str) -> str | None:
    """Say what is wrong with the name of a column; None where it is right."""
    if is_column(name):
        return None
    return f"there is no column {name!r}: {did_you_mean(name, (*COLUMNS, f'{DETAILS}NAME'))}"


def is_column(name: str) -> bool:
    """Tell whether this names a column, also one of an API's own fields."""
    return name in COLUMNS or (name.isprintable() and bool(_DETAIL.fullmatch(name)))


def sort_of(text: str) -> Sort:
    """Read an order such as `-finished`; raise ValueError that says what was meant."""
    told = text.removeprefix("-")
    column = SYNONYMS.get(told, told)
    if not is_column(column):
        words = (*COLUMNS, *SYNONYMS, f"{DETAILS}NAME")
        raise ValueError(f"runs cannot be sorted by {told!r}: {did_you_mean(told, words)}")
    return Sort(column, descending=text.startswith("-"))
