"""Filters as clients write them, turned into tests; what is not allowed is refused."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from runs_tui.demo.prefect.stages import TYPES

Test: TypeAlias = Callable[[Any], bool]
"""Whether an item passes."""

Operator: TypeAlias = Callable[[Any], Test]
"""Makes a test of the value that was sent; raises Wrong if it cannot be."""

Tree: TypeAlias = "Mapping[str, Operator | Tree]"
"""The fields that a filter may have, down to their operators."""


class Wrong(Exception):
    """A value that the server refuses, with the entry that says why."""

    def __init__(self, kind: str, message: str, value: object, **context: object) -> None:
        """Remember what is wrong with which value."""
        super().__init__(message)
        self.entry: dict[str, Any] = {"type": kind, "msg": message, "input": value}
        if context:
            self.entry["ctx"] = context


def build(asked: object, tree: Tree) -> Test | None:
    """Make one test of a filter; None where it asks for nothing."""
    if asked is None:
        return None
    if not isinstance(asked, dict):
        raise Wrong("model_attributes_type", "Input should be a valid dictionary", asked)
    joined = one_word(asked.get("operator", "and_"), ("and_", "or_"))
    tests = [
        test
        for name, value in asked.items()
        if name != "operator" and (test := _branch(name, value, tree)) is not None
    ]
    if not tests:
        return None
    return _any(tests) if joined == "or_" else _all(tests)


def _branch(name: str, value: object, tree: Tree) -> Test | None:
    branch = tree.get(name)
    if branch is None:
        raise Wrong("extra_forbidden", "Extra inputs are not permitted", value)
    if isinstance(branch, Mapping):
        return build(value, branch)
    return None if value is None else branch(value)


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda item: all(test(item) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda item: any(test(item) for test in tests)


def any_of(read: Callable[[Any], Any], parse: Callable[[object], str]) -> Operator:
    """Make the operator that wants one of the listed values."""

    def operator(value: object) -> Test:
        wanted = {parse(item) for item in a_list(value)}
        return lambda item: read(item) in wanted

    return operator


def none_of(read: Callable[[Any], Any], parse: Callable[[object], str]) -> Operator:
    """Make the operator that wants none of the listed values."""
    found = any_of(read, parse)

    def operator(value: object) -> Test:
        test = found(value)
        return lambda item: not test(item)

    return operator


def like(read: Callable[[Any], str]) -> Operator:
    """Make the operator that wants a substring, whatever its case."""

    def operator(value: object) -> Test:
        wanted = a_text(value).lower()
        return lambda item: wanted in read(item).lower()

    return operator


def missing(read: Callable[[Any], object]) -> Operator:
    """Make the operator that wants a field to be empty, or not to be."""

    def operator(value: object) -> Test:
        if not isinstance(value, bool):
            raise Wrong("bool_type", "Input should be a valid boolean", value)
        return lambda item: (not read(item)) is value

    return operator


def after(read: Callable[[Any], datetime | None]) -> Operator:
    """Make the operator that wants an instant or a later one."""

    def operator(value: object) -> Test:
        limit = an_instant(value)
        return lambda item: (at := read(item)) is not None and at >= limit

    return operator


def before(read: Callable[[Any], datetime | None]) -> Operator:
    """Make the operator that wants an instant or an earlier one."""

    def operator(value: object) -> Test:
        limit = an_instant(value)
        return lambda item: (at := read(item)) is not None and at <= limit

    return operator


def a_list(value: object) -> list[object]:
    """Take a list."""
    if not isinstance(value, list):
        raise Wrong("list_type", "Input should be a valid list", value)
    return value


def a_text(value: object) -> str:
    """Take a text."""
    if not isinstance(value, str):
        raise Wrong("string_type", "Input should be a valid string", value)
    return value


def an_id(value: object) -> str:
    """Take a UUID."""
    try:
        return str(UUID(a_text(value)))
    except ValueError as error:
        raise Wrong("uuid_parsing", "Input should be a valid UUID", value) from error


def an_instant(value: object) -> datetime:
    """Take an ISO 8601 instant; without an offset it is UTC."""
    try:
        instant = datetime.fromisoformat(a_text(value))
    except ValueError as error:
        raise Wrong("datetime_parsing", "Input should be a valid datetime", value) from error
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def a_whole(value: object) -> int:
    """Take a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Wrong("int_type", "Input should be a valid integer", value)
    return value


def one_word(value: object, allowed: tuple[str, ...]) -> str:
    """Take one of the allowed words."""
    if value in allowed:
        return str(value)
    quoted = [f"'{word}'" for word in allowed]
    expected = " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    raise Wrong("enum", f"Input should be {expected}", value, expected=expected)


def a_type(value: object) -> str:
    """Take a state type."""
    return one_word(value, TYPES)
