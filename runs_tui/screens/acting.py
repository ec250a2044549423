"""Asking before a run is cancelled or retried, doing it once, and telling what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from runs_tui import looks
from runs_tui.adapters.acts import act, unable
from runs_tui.adapters.base import Action, Retries, Source
from runs_tui.model.plan import Plan
from runs_tui.model.run import RetryMode, Run
from runs_tui.screens.confirm import Choice, ConfirmScreen
from runs_tui.widgets.inks import source_style

if TYPE_CHECKING:
    from runs_tui.screens.one_run import OneRun


def why_not(source: Source, action: Action, run: Run) -> str | None:
    """Say why an action cannot be done to a run; None where it can."""
    unable_at_all = unable(source, action)
    if unable_at_all is not None:
        return unable_at_all.detail
    return source.objection(action, run)


def choices(
    source: Source, action: Action, plan: Plan | None, step: str | None
) -> Sequence[Choice]:
    """Give what may be done: exactly the modes that this API has for this run."""
    if action == "cancel":
        return [Choice("Yes, cancel it")]
    modes = source.modes if isinstance(source, Retries) else frozenset()
    steps = plan.steps if plan else {}
    offered = []
    if RetryMode.FULL in modes:
        offered.append(Choice("Retry all of it", RetryMode.FULL))
    if RetryMode.FAILED in modes and plan and plan.failed:
        first = plan.failed[0].name
        offered.append(Choice(f"Retry from the failed step, {first}", RetryMode.FAILED))
    if RetryMode.STEP in modes and step is not None and step in steps:
        name = steps[step].name
        offered.append(Choice(f"Retry from the step {name}", RetryMode.STEP, step))
    return offered


async def ask_and_act(screen: "OneRun", action: Action, run: Run) -> None:
    """Ask a person, and act once if they want it."""
    source = screen.sources[run.source]
    plan = screen.pane.plan if screen.pane.shown and screen.pane.shown.key == run.key else None
    step = screen.pane.plan_table.step
    chosen = await screen.app.push_screen_wait(
        ConfirmScreen(
            f"{action.capitalize()} this run?",
            _facts(run, screen),
            choices(source, action, plan, step.key if plan and step else None),
            caution=source.caution(action, run),
            type_name=source.name if source.connection.protected else None,
        )
    )
    if chosen is None:
        screen.flash("Nothing was changed")
        return
    doing = "cancelling…" if action == "cancel" else "retrying…"
    screen.doing(run.key, doing)
    outcome = await act(source, action, run.id, mode=chosen.mode, step=chosen.step, before=run)
    screen.doing(run.key, None)
    if screen.sources.get(run.source) is not source:
        screen.flash(f"{run.source} was replaced before it answered")
        return
    if outcome.run is None or outcome.error is not None:
        why = outcome.error.sentence if outcome.error else "nothing was told"
        screen.refused(outcome.run or run, f"Could not {action} {run.workflow}: {why}")
        return
    if action == "retry":
        screen.kindred.tie(outcome.run, run)
    screen.acted(outcome.run, _told(action, run, outcome.run), anew=action == "retry")


def _facts(run: Run, screen: "OneRun") -> Sequence[Content]:
    now = screen.clock.now()
    color = screen.sources[run.source].connection.color
    source = Content.styled(run.source, source_style(color))
    state = f"{looks.glyph(run.state)} {looks.word(run)}"
    return [
        Content(f"{run.workflow}   {state}   {looks.duration(run.duration(now))}"),
        source + Content(f"/{run.name or run.id}"),
        Content(f"id {run.id}"),
    ]


def _told(action: Action, before: Run, after: Run) -> str:
    if action == "cancel":
        return f"{after.workflow} is {looks.word_after_cancel(after)}"
    if after.key != before.key:
        return f"{after.workflow} runs again as {after.key}"
    return f"{after.workflow} runs again"
