"""The parameters of a flow: the schema that its deployment tells, and what that refuses."""

from collections.abc import Mapping
from typing import Any

from runs_tui.demo.prefect.bodies import Refusal
from runs_tui.demo.values import Parameter, Workflow

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
}


def schema_of(flow: Workflow) -> dict[str, Any]:
    """Give the schema as a deployment tells it."""
    properties = {
        parameter.name: _property(parameter, position)
        for position, parameter in enumerate(flow.parameters)
    }
    required = [parameter.name for parameter in flow.parameters if parameter.default is None]
    schema = {"title": "Parameters", "type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def check_parameters(flow: Workflow, values: Mapping[str, Any]) -> None:
    """Refuse parameters that the schema of a flow does not allow."""
    for parameter in flow.parameters:
        if parameter.name in values:
            _check(parameter, values[parameter.name])
        elif parameter.default is None:
            raise _wrong("", f"{parameter.name!r} is a required property")


def _property(parameter: Parameter, position: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "position": position,
        "title": parameter.name,
        "type": parameter.type,
    }
    if parameter.default is not None:
        told["default"] = parameter.default
    if parameter.choices:
        told["enum"] = list(parameter.choices)
    return told


def _check(parameter: Parameter, value: object) -> None:
    why = None
    if isinstance(value, bool) or not isinstance(value, _TYPES[parameter.type]):
        why = f"{value!r} is not of type {parameter.type!r}"
    elif parameter.choices and value not in parameter.choices:
        why = f"{value!r} is not one of {list(parameter.choices)!r}"
    if why is not None:
        raise _wrong(f" for field {parameter.name!r}", why)


def _wrong(where: str, why: str) -> Refusal:
    said = f"Error creating flow run: Validation failed{where}. Failure reason: {why}"
    return Refusal(409, {"detail": said})
