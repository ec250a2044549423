"""Where the command line can go from the board, and how it gets there."""

import asyncio
from collections.abc import Mapping, Sequence

from runs_tui.adapters.base import Source
from runs_tui.model.board import Board
from runs_tui.model.completion import FIELDS, Known
from runs_tui.model.errors import NotFound, SourceError
from runs_tui.model.lookup import Kind, Target
from runs_tui.model.query import Field, Query, Term, Text
from runs_tui.model.run import Run, RunKey
from runs_tui.model.text import one_line
from runs_tui.model.view import View
from runs_tui.model.words import did_you_mean
from runs_tui.screens.commands import Command


_ALSO = {"app.quit": ("q", "exit"), "view.help": ("help",)}
"""What some commands answer to besides their name and their id."""
_LEFT_OUT = {"app.commands", "view.quit", "view.back"}
"""The line itself, and what peels a layer: here `quit` always leaves."""


def targets(
    views: Sequence[View], known: Known, commands: Sequence[Command]
) -> Sequence[Target]:
    """Give everything that can be gone to, but for runs."""
    told = [
        *(
            Target(Kind.VIEW, view.name, (view.name,), str(view.query) or "all runs")
            for view in views
        ),
        *(Target(Kind.SOURCE, name, (name,), about) for name, about in known.sources.items()),
        *(Target(Kind.WORKFLOW, name, (name,), about) for name, about in known.workflows.items()),
    ]
    if len(known.sources) > 1 and "all" not in known.sources:
        told.append(Target(Kind.SOURCE, "all", (), "the runs of every source"))
    for command in commands:
        if command.id not in _LEFT_OUT:
            also = (command.id, *_ALSO.get(command.id, ()))
            told.append(
                Target(
                    Kind.COMMAND,
                    command.name,
                    (command.id,),
                    command.what,
                    also,
                    command.keys,
                    command.why_not,
                )
            )
    return told


def fields(lacks: Mapping[str, frozenset[Field]]) -> Mapping[Field, str]:
    """Give the fields of a filter, each with what it is and which source never tells it."""
    told = {}
    for field, about in FIELDS.items():
        lacking = ", ".join(name for name, fields in lacks.items() if field in fields)
        told[field] = f"{about}; not offered by {lacking}" if lacking else about
    return told


def narrowed(target: Target) -> tuple[Field, Term | None]:
    """Give the field that a source or workflow is put into a query by, and its term."""
    field = Field.SOURCE if target.kind is Kind.SOURCE else Field.WORKFLOW
    values = tuple(Text(name) for name in target.names)
    return field, Term(field, values) if values else None


def known_run(target: Target, board: Board) -> Run | None:
    """Give the run of a target, where it is on the board."""
    return board.get(RunKey(*target.names)) if target.kind is Kind.RUN else None


def keys_meant(text: str, sources: Mapping[str, Source]) -> Sequence[RunKey]:
    """Give the runs that may be meant by an id, `source/id` or a web address."""
    if "://" in text:
        shown = ((name, source.run_id_of(text)) for name, source in sources.items())
        return [RunKey(name, run_id) for name, run_id in shown if run_id]
    name, slash, run_id = text.partition("/")
    if slash and run_id and name in sources:
        return [RunKey(name, run_id)]
    return [RunKey(name, text) for name in sources]


async def find_run(text: str, sources: Mapping[str, Source]) -> Run | str:
    """Ask sources for a run; give it, or one sentence that says why there is none."""
    source, slash, _ = text.partition("/")
    if slash and "://" not in text and source not in sources:
        return f"there is no source {source!r}: {did_you_mean(source, sources)}"
    keys = keys_meant(text, sources)
    names = " and ".join(sources)
    if not keys:
        # what follows the question mark may hold a secret
        return f"{one_line(text.partition('?')[0], 100)} is not the address of a run of {names}"
    answers = await _first(keys, sources)
    if isinstance(answers, Run):
        return answers
    unknown = [key.source for key, error in answers.items() if isinstance(error, NotFound)]
    failed = [
        f"{key.source}: {error.sentence}"
        for key, error in answers.items()
        if not isinstance(error, NotFound)
    ]
    wanted = f"run {one_line(text, 60)}"
    if not unknown:
        return f"Could not ask for {wanted}. {'; '.join(failed)}"
    knows = "knows" if len(unknown) == 1 else "know"
    return "; ".join([f"{' and '.join(unknown)} {knows} no {wanted}", *failed])


async def _first(
    keys: Sequence[RunKey], sources: Mapping[str, Source]
) -> Run | Mapping[RunKey, SourceError]:
    """Ask all at once; give the first run that is told, else what each could not do."""
    async with asyncio.TaskGroup() as group:
        asked = {key: group.create_task(_ask(sources[key.source], key.id)) for key in keys}
        for answer in asyncio.as_completed(asked.values()):
            run = await answer
            if isinstance(run, Run):
                for task in asked.values():
                    task.cancel()
                return run
    errors = ((key, task.result()) for key, task in asked.items())
    return {key: error for key, error in errors if isinstance(error, SourceError)}


async def _ask(source: Source, run_id: str) -> Run | SourceError:
    try:
        return await source.run(run_id)
    except SourceError as error:
        return error
