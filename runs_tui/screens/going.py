"""Where the command line can go from the board, and how it gets there."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from runs_tui.model.known import FIELDS, Known
from runs_tui.model.lookup import Kind, Target
from runs_tui.model.query import Field, Term, Text
from runs_tui.model.run import RunKey
from runs_tui.model.view import View
from runs_tui.screens.commands import Command

if TYPE_CHECKING:
    from runs_tui.screens.runs import RunsScreen


_ALSO = {"app.quit": ("q", "exit"), "view.help": ("help",)}
"""What some commands answer to besides their name and their id."""
_LEFT_OUT = {"app.commands", "view.quit", "view.back"}
"""The line itself, and what peels a layer: here `quit` always leaves."""


def targets(views: Sequence[View], known: Known, commands: Sequence[Command]) -> Sequence[Target]:
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


def go(screen: "RunsScreen", target: Target, commands: Mapping[str, Command]) -> None:
    """Go to what was chosen, or do it."""
    match target.kind:
        case Kind.VIEW:
            screen.show_view(screen.view_tabs.named(target.name))
        case Kind.SOURCE | Kind.WORKFLOW:
            _narrow(screen, target)
        case Kind.COMMAND:
            _do(screen, commands[target.names[0]])
        case Kind.RUN | Kind.ASK:
            key = RunKey(*target.names) if target.kind is Kind.RUN else None
            run = screen.board.get(key)
            screen.look_for(target.name) if run is None else screen.go_to_run(run)


def _narrow(screen: "RunsScreen", target: Target) -> None:
    """Put sources or a workflow into the query, in the place of those that it names."""
    field = Field.SOURCE if target.kind is Kind.SOURCE else Field.WORKFLOW
    query = screen.query_shown.without(field)
    if target.names:
        query = query.with_term(Term(field, tuple(Text(name) for name in target.names)))
    screen.show_query(query)
    screen.table.focus()


def _do(screen: "RunsScreen", command: Command) -> None:
    if command.why_not:
        screen.flash(f"Cannot {command.name}: {command.why_not}")
    else:
        screen.call_later(screen.app.run_action, command.action, command.node)
