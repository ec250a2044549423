"""What the dashboard remembers between two starts: where a person was."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runs_tui.config.whole import write_whole
from runs_tui.model.columns import is_column, sort_of
from runs_tui.model.query import Sort
from runs_tui.model.remembered import Pane, Remembered
from runs_tui.model.run import RunKey
from runs_tui.model.text import clean

STATE_VARIABLE = "RUNS_TUI_STATE"
"""The variable that names another file."""
FORMAT = 1
"""The number of the format; a file of a later one is neither read nor written."""
_MARK = "runs-tui-state"
_MOST_MARKS = 10_000
_MOST_PLACES = 50


def state_path() -> Path:
    """Give the file that is read and written."""
    told = os.environ.get(STATE_VARIABLE)
    if told:
        return Path(told).expanduser()
    from platformdirs import user_state_path

    return user_state_path("runs-tui", appauthor=False) / "state.json"


def recall(config: Path) -> Remembered:
    """Give what was remembered for a configuration file; nothing where that cannot be read."""
    return remembered_in(_text(state_path()), config)


def remember(config: Path, what: Remembered) -> bool:
    """Keep it for the next start with the same configuration file; tell whether it was kept."""
    path = state_path()
    text = _text(path)
    if _document(text) is None and not os.environ.get(STATE_VARIABLE):
        text = ""  # what is broken in our own folder is no loss
    told = with_remembered(text, config, what)
    if told is None:
        return False
    try:
        write_whole(path, told.encode("utf-8"))
    except OSError:
        return False
    return True


def remembered_in(text: str, config: Path) -> Remembered:
    """Read what a text remembers for a configuration file; whatever is strange counts as unsaid."""
    told = _mapping(_places(text).get(_name(config)))
    pane = _mapping(told.get("pane"))
    return Remembered(
        view=_word(told.get("view")),
        filter=_word(told.get("filter")) or "",
        sort=_sort(told.get("sort")),
        columns=tuple(c for c in _words(told.get("columns")) if is_column(c)),
        marks=tuple(key for mark in _list(told.get("marks")) if (key := _run(mark))),
        cursor=_run(told.get("cursor")),
        pane=Pane(
            tab=_word(pane.get("tab")),
            hidden=pane.get("hidden") is True,
            zoomed=pane.get("zoomed") is True,
        ),
    )


def with_remembered(text: str, config: Path, what: Remembered) -> str | None:
    """Give the text that remembers this as well; None where the text is not ours to write."""
    if text.strip() and _mapping(_document(text)).get(_MARK) != FORMAT:
        return None
    name = _name(config)
    others = [(other, told) for other, told in _places(text).items() if other != name]
    told = [*others[-(_MOST_PLACES - 1) :], (name, _shape(what))]
    return json.dumps({_MARK: FORMAT, "places": dict(told)}, indent=1) + "\n"


def _shape(what: Remembered) -> dict[str, Any]:
    return {
        "view": what.view,
        "filter": what.filter,
        "sort": str(what.sort) if what.sort else None,
        "columns": what.columns,
        "marks": what.marks[:_MOST_MARKS],
        "cursor": what.cursor,
        "pane": {
            "tab": what.pane.tab,
            "hidden": what.pane.hidden,
            "zoomed": what.pane.zoomed,
        },
    }


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8") if path.is_file() else ""
    except (OSError, ValueError):
        return "unreadable"


def _name(config: Path) -> str:
    return os.path.realpath(config)


def _document(text: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _places(text: str) -> Mapping[str, Any]:
    document = _mapping(_document(text))
    return _mapping(document.get("places")) if document.get(_MARK) == FORMAT else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:_MOST_MARKS] if isinstance(value, list) else []


def _word(value: object) -> str | None:
    return clean(value) if isinstance(value, str) else None


def _words(value: object) -> list[str]:
    return [word for item in _list(value) if (word := _word(item))]


def _sort(value: object) -> Sort | None:
    try:
        return sort_of(_word(value) or "")
    except ValueError:
        return None


def _run(value: object) -> RunKey | None:
    match value:
        case [str(source), str(id)]:
            return RunKey(clean(source), clean(id))
    return None
