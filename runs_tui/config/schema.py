"""A JSON Schema of the configuration, made from the declarations that its reader checks."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from runs_tui.adapters.own import knows_own
from runs_tui.config import sources, views
from runs_tui.config.kinds import TEXT
from runs_tui.config.known import Bound, Known
from runs_tui.config.settings import NOTIFY, OPTIONS, SOURCE, TABLES, TOKENS, TOP, VIEW, Setting

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OPTION = {"type": ["string", "integer", "boolean"]}


def schema_of(apis: Mapping[str, Mapping[str, str]], known: Known) -> Schema:
    """Give the schema, for APIs with their options and for what the dashboard knows."""
    top = _table(TOP)
    top["properties"]["theme"]["enum"] = list(known.themes)
    tables = (_sources(apis), _named(views.NAME, _table(VIEW)), _keys(known), _table(NOTIFY))
    top["properties"].update(zip(TABLES, tables, strict=True))
    return {"$schema": DRAFT, "title": "The configuration of runs-tui", **top}


def _table(settings: Sequence[Setting]) -> Schema:
    needed = [setting.name for setting in settings if setting.need]
    table = _closed({setting.name: _setting(setting) for setting in settings})
    return table | {"required": needed} if needed else table


def _setting(setting: Setting) -> Schema:
    told = {} if setting.default is None else {"default": setting.default}
    return {"description": setting.about, **setting.kind.schema, **told}


def _named(pattern: str, table: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{pattern}$"},
        "additionalProperties": table,
    }


def _sources(apis: Mapping[str, Mapping[str, str]]) -> Schema:
    table = _table(SOURCE)
    table["properties"]["api"]["anyOf"] = [{"enum": list(apis)}, {"type": "string"}]
    table["properties"][OPTIONS] = {
        "type": "object",
        "description": "What the API needs besides.",
    }
    table["not"] = {"anyOf": [{"required": list(pair)} for pair in combinations(TOKENS, 2)]}
    table["allOf"] = [_of_api(api, options) for api, options in apis.items()]
    known = {"properties": {"api": {"enum": [api for api in apis if knows_own(api)]}}}
    table["allOf"].append({"if": known | {"required": ["api"]}, "else": {"required": ["url"]}})
    return _named(sources.NAME, table)


def _of_api(api: str, options: Mapping[str, str]) -> Schema:
    told = {name: {"description": about, **_OPTION} for name, about in options.items()}
    table = {"properties": told, "additionalProperties": False}
    return {
        "if": {"properties": {"api": {"const": api}}, "required": ["api"]},
        "then": {"properties": {OPTIONS: table}},
    }


def _keys(known: Known) -> Schema:
    """Describe the keys by their ids: `"run.cancel"` in quotes, or `cancel` in a table `run`."""
    ids = {id: _key(known.bindings[id]) for id in sorted(known.bindings)}
    groups: dict[str, Schema] = {}
    for id, key in ids.items():
        group, _, name = id.partition(".")
        groups.setdefault(group, {})[name] = key
    return _closed(ids | {group: _closed(keys) for group, keys in groups.items()})


def _key(binding: Bound) -> Schema:
    about = f"{binding.about}; by itself {' and '.join(binding.keys)}."
    return {"description": about, **TEXT.schema}


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}
