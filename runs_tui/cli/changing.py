"""`runs-tui cancel` and `runs-tui retry`: what is wished, and how it is told what became of it."""

from collections.abc import Iterable, Sequence
from typing import Literal

import click

from runs_tui import looks
from runs_tui.adapters.acts import Outcome
from runs_tui.adapters.base import Action
from runs_tui.cli.asking import may_ask
from runs_tui.cli.meant import open_named, runs_meant, sources_meant
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output, complain
from runs_tui.cli.running import run as finish
from runs_tui.cli.status import status_of_all
from runs_tui.cli.wishes import Leave, Wish, asked, made
from runs_tui.config import SourceSettings
from runs_tui.config.opening import source_kind
from runs_tui.model import shapes
from runs_tui.model.clock import SystemClock
from runs_tui.model.run import RetryMode, Run, RunKey


def retry_wish(mode: str | None, step: str | None) -> Wish:
    """Give the wish to retry, or end where mode and step do not go together."""
    if mode == "step" and step is None:
        raise click.UsageError("--mode step needs --step KEY")
    if step is not None and mode not in (None, "step"):
        raise click.UsageError(f"--step goes with --mode step, not with --mode {mode}")
    return Wish("retry", RetryMode(mode) if mode else None, step)


def change_runs(
    choice: Choice, texts: Iterable[str], wish: Wish, leave: Leave, form: Literal["text", "json"]
) -> int:
    """Do something to runs, tell what became of it, and give the exit status."""
    settings = sources_meant(choice)
    keys = runs_meant(texts, settings)
    names = {key.source for key in keys}
    able = [source for source in settings if source.name in names and _is_able(source, wish)]
    protected = [source.name for source in able if source.protected]
    asks = bool(protected) or (leave == "ask" and bool(able))
    if asks and not may_ask():
        raise _nobody_to_ask(protected, wish)
    sources = open_named(settings, names)
    work = asked(sources, keys, wish, leave) if asks else made(sources, keys, wish)
    outcomes = finish(work)
    if form == "json":
        Output().json({"results": [_shape(outcome) for outcome in outcomes]})
    else:
        Output().lines([told(o.key, o.run, wish.action) for o in outcomes if o.ok and o.run])
    for outcome in outcomes:
        if outcome.error:
            complain(f"{outcome.key}: {outcome.error.sentence}")
    return status_of_all([outcome.error for outcome in outcomes])


def _is_able(source: SourceSettings, wish: Wish) -> bool:
    """Tell whether anything can be changed there at all."""
    return not source.read_only and hasattr(source_kind(source), wish.action)


def _nobody_to_ask(protected: Sequence[str], wish: Wish) -> click.UsageError:
    if protected:
        names = " and ".join(protected)
        return click.UsageError(f"{names}: protected, so the name must be typed on a terminal")
    return click.UsageError(f"without a terminal nobody can be asked: {wish.action} needs --yes")


def _shape(outcome: Outcome) -> dict[str, object]:
    return {
        "source": outcome.key.source,
        "id": outcome.key.id,
        "ok": outcome.ok,
        "error": outcome.error.sentence if outcome.error else None,
        "run": shapes.of_run(outcome.run, SystemClock().now()) if outcome.run else None,
    }


def told(key: RunKey, run: Run, action: Action) -> str:
    """Say what became of a run that an action was done to."""
    if action == "cancel":
        return f"{key}: {looks.word_after_cancel(run)}"
    again = f" as {run.key}" if run.key != key else ""
    attempt = f", attempt {run.attempt}" if run.attempt else ""
    return f"{key}: retried{again}, now {looks.word(run)}{attempt}"
