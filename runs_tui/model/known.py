"""What a filter can name: its fields, and their values as far as they are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from runs_tui.model.query import Field
from runs_tui.model.run import Run
from runs_tui.model.signature import signature
from runs_tui.model.state import State

FIELDS = {
    Field.STATE: "where it stands",
    Field.WORKFLOW: "name or id of what is run",
    Field.SOURCE: "the server it is of",
    Field.TRIGGER: "what started it",
    Field.ID: "its id",
    Field.CREATED: "when it came to be",
    Field.STARTED: "when it began",
    Field.FINISHED: "when it ended",
    Field.DURATION: "how long it worked",
    Field.ERROR: "what went wrong; * is anything",
}
"""The fields that can be typed, each with what it is about a run."""

MOST_ERRORS = 500
"""How many different errors are looked at for what they have in common."""


@dataclass(frozen=True, slots=True)
class Known:
    """The values that a filter can name, each with a word about it."""

    workflows: Mapping[str, str] = field(default_factory=dict)
    """The names of workflows."""
    workflow_ids: Mapping[str, str] = field(default_factory=dict)
    """Their ids, where they are not their names."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The names of sources."""
    triggers: Mapping[str, str] = field(default_factory=dict)
    """What started runs."""
    fields: Mapping[Field, str] = field(default_factory=lambda: FIELDS)
    """The fields that can be typed."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """The signatures of errors, those of the newest runs first."""

    @staticmethod
    def of(runs: Iterable[Run], sources: Mapping[str, str]) -> "Known":
        """Learn from runs, and from sources with a word about each."""
        told = {(run.workflow_name or "", run.workflow_id or "", run.source) for run in runs}
        flows = sorted(told)
        seen: dict[str, set[str]] = {}
        for name, workflow_id, source in flows:
            seen.setdefault(name or workflow_id, set()).add(source)
        seen.pop("", None)
        triggers = sorted({run.trigger for run in runs if run.trigger}, key=str.casefold)
        return Known(
            {name: ", ".join(sorted(seen[name])) for name in sorted(seen, key=str.casefold)},
            {of: f"id of {name}" for name, of, _ in flows if name and of and of not in seen},
            sources,
            dict.fromkeys(triggers, "trigger"),
            errors=dict.fromkeys(_signatures(runs), "error"),
        )

    def values(self, field: Field, typed: str) -> Mapping[str, str]:
        """Give the values of a field; the ids of workflows only once something is typed."""
        match field:
            case Field.STATE:
                return {state.value: _about(state) for state in State}
            case Field.WORKFLOW:
                return {**self.workflows, **(self.workflow_ids if typed else {})}
            case Field.SOURCE:
                return self.sources
            case Field.TRIGGER:
                return self.triggers
            case Field.ERROR:
                return self.errors
            case _:
                return {}


def _signatures(runs: Iterable[Run]) -> Iterable[str]:
    told = dict.fromkeys(run.error for run in runs if run.error)
    return (signature(error) for error in islice(told, MOST_ERRORS) if error)


def _about(state: State) -> str:
    if state is State.UNKNOWN:
        return "a word of its server"
    return "active" if state.active else "over"
