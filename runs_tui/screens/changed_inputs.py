"""Retrying one run with other inputs: reading them, the form, the question, and the new run."""

from typing import TYPE_CHECKING

from textual.content import Content

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.adapters.starts import conceal, inputs_of, start_with
from runs_tui.choices import Choice, new_run, other_inputs
from runs_tui.model.errors import Conflict, Refused, SourceError, Unsupported
from runs_tui.model.input_text import change
from runs_tui.model.inputs import UNSET, Inputs
from runs_tui.model.run import Run
from runs_tui.screens.attempting import attempt, facts_of, tell
from runs_tui.screens.confirm import Question
from runs_tui.screens.inputs import InputsScreen, Values

if TYPE_CHECKING:
    from runs_tui.screens.one_run import OneRun

Told = Inputs | SourceError | None
"""The inputs of a run, why they are not known, or None while they are read."""

_MOST_TOLD = 5
"""How many changed inputs a question names."""


async def read_inputs(source: Source, run: Run) -> Told:
    """Read what a run was started with, or why that cannot be had."""
    try:
        return await inputs_of(source, run)
    except SourceError as error:
        return error


def choice_of(run: Run, told: Told) -> Choice:
    """Offer the form, or say why there is none."""
    match told:
        case None:
            why = "reading them"
        case SourceError():
            why = told.detail or told.title
        case Inputs(fields=()):
            why = "it takes none"
        case _:
            why = ""
    return other_inputs(run, why)


async def retry_with_inputs(screen: "OneRun", run: Run, inputs: Inputs) -> None:
    """Ask for other inputs until a run was started with some, or nobody wants to any more."""
    source = screen.sources[run.source]
    values: Values | None = None
    said = ""
    while True:
        form = InputsScreen(
            run,
            inputs,
            lambda values: _question(screen, run, inputs, values),
            screen.undo,
            values=values,
            said=said,
        )
        values = await screen.app.push_screen_wait(form)
        if values is None:
            screen.flash("Nothing was changed")
            return
        conceal(inputs, values)
        outcome = await attempt(screen, source, "retry", run, start_with(source, run, values))
        if not (_is_about_values(outcome.error) and screen.is_current):
            tell(screen, "retry", run, outcome)
            return
        said = outcome.error.sentence if outcome.error else ""


def _is_about_values(error: SourceError | None) -> bool:
    """Tell whether a server may take other values where it refused these."""
    return isinstance(error, Refused | Conflict) and not isinstance(error, Unsupported)


def _question(screen: "OneRun", run: Run, inputs: Inputs, values: Values) -> Question:
    """Ask whether a new run shall be started, naming what is not as it was."""
    source = screen.sources[run.source]
    changed = inputs.changed(values)
    told = [change(field, values.get(field.name, UNSET)) for field in changed[:_MOST_TOLD]]
    if len(changed) > _MOST_TOLD:
        told.append(f"and {looks.counted(len(changed) - _MOST_TOLD, 'more input')}")
    cautions = [source.caution("retry", run), screen.denied.get((run.source, "retry"))]
    return Question(
        "Retry this run with changed inputs?" if changed else "Retry this run? No input is changed",
        [*facts_of(screen, run), *(Content(line) for line in ["", *told] if told)],
        [new_run(run, len(changed))],
        [caution for caution in cautions if caution],
        [source.name] if source.connection.protected else [],
    )
