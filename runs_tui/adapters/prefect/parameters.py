"""The parameters of a flow, as the schema of its deployment tells them."""

from collections.abc import Iterator, Mapping
from typing import Any

from runs_tui.adapters.prefect.wire import Deployment
from runs_tui.model.inputs import UNSET, Inputs, RunInput, sounds_secret
from runs_tui.model.text import clean, one_line

_DEFINITIONS = ("definitions", "$defs")
_WAYS = ("anyOf", "oneOf")
_LAST = 1_000_000
Schema = Mapping[str, Any]


def inputs_of(values: Mapping[str, Any], deployment: Deployment) -> Inputs:
    """Give the inputs that a flow takes, in its order, then those that it does not name."""
    schema = _object(deployment.parameter_openapi_schema)
    told = _object(schema.get("properties"))
    properties = {name: _resolved(_object(each), schema) for name, each in told.items()}
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    usual = _object(deployment.parameters)
    names = [*sorted(properties, key=lambda name: _position(properties[name])), *values]
    return Inputs(tuple(
        _input(name, properties.get(name, {}), values, usual, required=name in needed)
        for name in dict.fromkeys(names)
    ))  # fmt: skip


def _input(
    name: str, told: Schema, values: Mapping[str, Any], usual: Mapping[str, Any], *, required: bool
) -> RunInput:
    """Describe one input; what its deployment is set to comes before what its flow is."""
    choices = told.get("enum")
    hidden = told.get("writeOnly") is True or told.get("format") == "password"
    about = told.get("description")
    return RunInput(
        name=name,
        value=values.get(name, UNSET),
        type=_type(told),
        required=required and name not in usual,
        default=usual.get(name, told.get("default", UNSET)),
        choices=tuple(choices) if isinstance(choices, list) else (),
        secret=hidden or sounds_secret(name),
        about=one_line(about) if isinstance(about, str) else "",
    )


def _type(told: Schema) -> str | None:
    """Give the one type of a parameter, or all that it may be, as `integer or null`."""
    ways = next((told[way] for way in _WAYS if isinstance(told.get(way), list)), [told])
    types = [_object(each).get("type") for each in ways]
    named = list(dict.fromkeys(clean(each) for each in types if isinstance(each, str)))
    return " or ".join(named) if named and len(named) == len(types) else None


def _resolved(told: Schema, schema: Schema) -> Schema:
    """Put in what a property refers to."""
    found = dict(told)
    for reference in _references(told):
        name = reference.rpartition("/")[2]
        for place in _DEFINITIONS:
            found = {**_object(_object(schema.get(place)).get(name)), **found}
    return found


def _references(told: Schema) -> Iterator[str]:
    joined = told.get("allOf")
    for each in (told, *(joined if isinstance(joined, list) else ())):
        reference = _object(each).get("$ref")
        if isinstance(reference, str):
            yield reference


def _position(told: Schema) -> float:
    place = told.get("position")
    return place if isinstance(place, int) else _LAST


def _object(value: object) -> Schema:
    return value if isinstance(value, dict) else {}
