"""Doing something to one run: what is shown meanwhile, and what is told of it afterwards."""

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from runs_tui import looks
from runs_tui.adapters.acts import Outcome
from runs_tui.adapters.base import Action, Source
from runs_tui.model.errors import Unauthorized, Unreachable
from runs_tui.model.run import Run
from runs_tui.screens.ledger import done
from runs_tui.widgets.inks import source_style

if TYPE_CHECKING:
    from runs_tui.screens.one_run import OneRun


async def attempt(
    screen: "OneRun", source: Source, action: Action, run: Run, work: Awaitable[Outcome]
) -> Outcome:
    """Do it to one run of a source; where that was replaced meanwhile its answer counts no more."""
    screen.doing(run.key, "cancelling…" if action == "cancel" else "retrying…")
    outcome = await work
    screen.doing(run.key, None)
    if isinstance(outcome.error, Unauthorized):
        told = f"{source.name} has refused this before: {outcome.error.sentence}"
        screen.denied[(source.name, action)] = told
    elif outcome.ok:
        screen.denied.pop((source.name, action), None)
    if screen.sources.get(run.source) is not source:
        lost = Unreachable(f"{run.source} was replaced before it answered")
        return Outcome(run.key, ok=False, error=lost)
    return outcome


def news(outcome: Outcome, before: Run) -> Run | None:
    """Give the run as it was told after an action; None where nothing new was told of it."""
    return None if outcome.run is before else outcome.run


def tell(screen: "OneRun", action: Action, run: Run, outcome: Outcome) -> None:
    """Show what became of one run, and go to the one to look at next."""
    if outcome.run is None or outcome.error is not None:
        why = outcome.error.sentence if outcome.error else "nothing was told"
        screen.refused(news(outcome, run), f"Could not {action} {run.workflow}: {why}")
        return
    after = outcome.run
    joint = "is " if action == "cancel" else ""
    told = f"{after.workflow} {joint}{done(action, run, after)}"
    if action == "retry":
        screen.kindred.tie(after, run)
    screen.acted(after, told, anew=action == "retry", origin=run.key)


def facts_of(screen: "OneRun", run: Run) -> Sequence[Content]:
    """Give the lines that name one run in a question."""
    now = screen.clock.now()
    color = screen.sources[run.source].connection.color
    source = Content.styled(run.source, source_style(color))
    state = f"{looks.glyph(run.state)} {looks.word(run)}"
    return [
        Content(f"{run.workflow}   {state}   {looks.duration(run.duration(now))}"),
        source + Content(f"/{run.name or run.id}"),
        Content(f"id {run.id}"),
    ]
