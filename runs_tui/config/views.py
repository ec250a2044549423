"""The table of one saved view in a configuration."""

import re
from dataclasses import replace
from typing import Any

from runs_tui.config.settings import VIEW
from runs_tui.config.table import Table
from runs_tui.model.query import Query
from runs_tui.model.view import View

NAME = r"\S(.*\S)?"
"""What a view can be called."""


def read_view(table: Table) -> View | None:
    """Read the table of one view; None where something is wrong with it."""
    name = table.path[-1]
    if not (name.isprintable() and re.fullmatch(NAME, name)):
        table.wrong(f"a view cannot be called {name!r}: use a word, or words with blanks between")
    told = table.read(VIEW)
    if not table.sound:
        return None
    query = replace(told.get("filter", Query()), sort=told.get("sort"))
    return View(name=name, query=query, columns=told.get("columns", ()))


def written_view(view: View) -> dict[str, Any]:
    """Give the values of the table that means a view, without those that are the default."""
    told: dict[str, Any] = {
        "filter": view.query if view.query.terms else None,
        "sort": view.query.sort,
        "columns": view.columns or None,
    }
    return {
        setting.name: setting.kind.write(told[setting.name])
        for setting in VIEW
        if told[setting.name] is not None
    }
