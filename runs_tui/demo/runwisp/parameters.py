"""The parameters of a task: what it tells of them, and what they are once a run is started."""

from collections.abc import Mapping
from typing import Any

from runs_tui.demo.runwisp.problems import Problem, invalid
from runs_tui.demo.values import Parameter, Workflow


def parameters_taken(task: Workflow) -> list[dict[str, Any]] | None:
    """Show what a task takes; what is absent is left out."""
    return [_shown(parameter) for parameter in task.parameters] or None


def resolved(task: Workflow, body: Mapping[str, Any]) -> dict[str, str]:
    """Give the parameters of a run that is started with a body; refuse what is wrong with them.

    Null leaves a parameter out, also its default.
    """
    given = body.get("params") or {}
    if not isinstance(given, dict):
        raise invalid("body.params", "expected object", given)
    known = {_key(parameter): parameter for parameter in task.parameters}
    for key, value in given.items():
        if value is not None and not isinstance(value, str):
            raise invalid(f"body.params.{key}", "expected string", value)
        if key not in known:
            raise Problem(400, f"task {task.name} has no parameter {key!r}")
    usual = {key: str(p.default) for key, p in known.items() if p.default is not None}
    values = {key: value for key, value in {**usual, **given}.items() if value is not None}
    for key, parameter in known.items():
        if key in values:
            _check(key, parameter, values[key])
        elif parameter.default is None:
            raise Problem(400, f"parameter {key!r} is required")
    return values


def _check(key: str, parameter: Parameter, value: str) -> None:
    if parameter.choices and value not in map(str, parameter.choices):
        allowed = ", ".join(map(str, parameter.choices))
        raise Problem(400, f"parameter {key!r} must be one of {allowed}, got {value!r}")
    if parameter.type != "string":
        try:
            float(value)
        except ValueError:
            raise Problem(400, f"parameter {key!r} must be a number, got {value!r}") from None


def _shown(parameter: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "env", "key": _key(parameter)}
    if parameter.type != "string":
        told["type"] = "number"
    if parameter.default is None:
        told["required"] = True
    else:
        told["default"] = str(parameter.default)
    if parameter.choices:
        told["choices"] = [str(choice) for choice in parameter.choices]
    return told


def _key(parameter: Parameter) -> str:
    return parameter.name.upper()
