"""What is said of runs in the end: where to look, which step failed, and the next command."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from runs_tui import looks
from runs_tui.adapters.acts import unable
from runs_tui.adapters.base import Source
from runs_tui.cli.options import Choice
from runs_tui.cli.output import complain, say
from runs_tui.cli.watch_ledger import Ledger
from runs_tui.model.errors import SourceError
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State
from runs_tui.model.text import one_line

FEW = 3
"""Of how many runs each is named in the end, however it went."""


async def tell_ending(ledger: Ledger, sources: Mapping[str, Source], choice: Choice) -> None:
    """Say how the runs stand in the end, as narration; of many only what went wrong is named."""
    runs = [seen.run for seen in ledger.seen.values() if seen is not None]
    for lost in ledger.lost.values():
        complain(f"{lost.key}: {lost.error.sentence}")
    for key, seen in ledger.seen.items():
        if seen is None:
            continue
        run, source = seen.run, sources[key.source]
        if len(runs) > FEW and (run.active or run.state is State.SUCCEEDED):
            continue
        say(f"{key}: {looks.word(run)}{_still(run)}")
        if run.url:
            say(f"  {run.url}")
        if run.state is State.FAILED:
            for line in await _failure(source, run, seen.plan):
                say(f"  {line}")
            for line in _next(source, run, choice):
                say(f"  next: {line}")
    if len(runs) > FEW:
        say(", ".join(_counts(runs)))


def _counts(runs: Sequence[Run]) -> list[str]:
    words = Counter(run.state.value for run in runs if not run.active)
    going = sum(run.active for run in runs)
    told = [f"{looks.count(number)} {word}" for word, number in words.most_common()]
    return [*told, f"{looks.count(going)} still going on"] if going else told


def _still(run: Run) -> str:
    if run.active:
        return ", and goes on"
    return f": {run.reason}" if run.reason and run.state is not State.SUCCEEDED else ""


async def _failure(source: Source, run: Run, plan: Plan | None) -> list[str]:
    """Name the first failing step and its error, else the error of the run."""
    if plan is None or not plan.failed:
        try:
            plan = Plan.of(await source.steps(run.id))
        except SourceError:
            plan = Plan()
    if plan.failed:
        step = plan.failed[0]
        told = f": {one_line(step.error)}" if step.error else ""
        return [f"failed in {step.name}{told}"]
    return [one_line(run.error)] if run.error else []


def _next(source: Source, run: Run, choice: Choice) -> list[str]:
    commands = [command("show", run.key, choice)]
    if unable(source, "retry") is None and source.objection("retry", run) is None:
        commands.append(command("retry", run.key, choice))
    return commands


def command(name: str, key: RunKey, choice: Choice) -> str:
    """Write a command line about a run of a source that was chosen like this."""
    words = ["runs-tui", name, str(key)]
    if choice.ad_hoc:
        words += ["--api", choice.api or ""]
        words += ["--url", choice.url] if choice.url else []
        words += ["--token-env", choice.token_env] if choice.token_env else []
        words += [word for option in choice.options for word in ("--option", option)]
    return shlex.join(words)
