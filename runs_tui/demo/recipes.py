"""How a workflow behaves: its shape, how often it is run, how long it takes, how often it fails."""

import re
from dataclasses import dataclass

from runs_tui.demo.dice import digest, uuid
from runs_tui.demo.values import Parameter, StepSpec, Workflow

HOUR = 3600.0
DAY = 24 * HOUR

_FREE = frozenset({"branch", "product"})
"""The parameters that may have any text."""
_MANY = re.compile(r"\{(\d+)\.\.(\d+)\}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A workflow of the catalogue and its habits; every time is in seconds."""

    name: str
    description: str
    tags: tuple[str, ...]
    steps: tuple[StepSpec, ...]
    every: float
    """One run in this time, at random where there is no schedule."""
    seconds: tuple[float, float]
    """How long a run takes: at least, at most."""
    at: float | None = None
    """The time of its schedule after midnight UTC."""
    queued: tuple[float, float] = (0.2, 2.5)
    failing: float = 0.06
    cancelled: float = 0.015
    again: float = 0.3
    """The share of failed runs that are run again as a new run."""
    restarts: float = 0.0
    """The share of failed attempts that are followed by another one of the same run."""
    triggers: tuple[str, ...] = ("event",)
    parameters: tuple[tuple[str, tuple[object, ...]], ...] = ()
    always: bool = False
    """Every world has it, whatever its seed."""
    names: tuple[str, ...] = ()
    """Names for its runs instead of slugs."""
    messages: tuple[str, ...] = ()
    """Log lines instead of believable ones."""
    error: str | None = None
    """What a failed step tells instead of a believable reason."""
    word: str | None = None
    """A foreign status word for its runs and their first step."""

    @property
    def long(self) -> bool:
        """Whether its runs overlap, so that some of them are always active."""
        return self.at is None and self.seconds[0] > 2 * self.every

    def workflow(self, seed: int) -> Workflow:
        """Make the workflow as one server knows it."""
        source = digest(seed, "workflow", self.name)
        return Workflow(
            uuid(source), self.name, 1 + source[20] % 30, self.description, self.tags, self.steps,
            tuple(_parameter(name, samples) for name, samples in self.parameters),
        )  # fmt: skip


def _parameter(name: str, samples: tuple[object, ...]) -> Parameter:
    """Tell what a parameter is by what its runs are started with."""
    types = {str: "string", int: "integer", float: "number"}
    different = tuple(dict.fromkeys(samples))
    free = name in _FREE or not isinstance(samples[0], str) or len(different) == 1
    drawn = str(samples[0]).startswith("{")
    default = None if drawn or name in _FREE else samples[0]
    return Parameter(name, types[type(samples[0])], default, () if free else different)


def shape(text: str) -> tuple[StepSpec, ...]:
    """Read steps written as `key:kind<parent,parent`, with the step before as usual parent.

    `page-{1..3}` stands for three alike steps, `<page-*` for all of them, and `<` for no parent.
    """
    steps: list[StepSpec] = []
    before: tuple[str, ...] = ()
    for word in text.split():
        declared, marked, parents = word.partition("<")
        key, _, kind = declared.partition(":")
        after = _named(parents, steps) if marked else before
        keys = _keys(key)
        steps += [StepSpec(each, _title(each), after, kind) for each in keys]
        before = keys
    return tuple(steps)


def _keys(pattern: str) -> tuple[str, ...]:
    found = _MANY.search(pattern)
    if found is None:
        return (pattern,)
    first, last = map(int, found.groups())
    return tuple(_MANY.sub(str(number), pattern) for number in range(first, last + 1))


def _named(parents: str, steps: list[StepSpec]) -> tuple[str, ...]:
    named: list[str] = []
    for parent in filter(None, parents.split(",")):
        if parent.endswith("*"):
            named += [step.key for step in steps if step.key.startswith(parent[:-1])]
        else:
            named.append(parent)
    return tuple(named)


def _title(key: str) -> str:
    return key if key[-1].isdigit() else key.replace("_", " ").capitalize()
