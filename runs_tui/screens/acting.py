"""Asking before runs are cancelled or retried, doing it once, and telling what came of it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from runs_tui import looks
from runs_tui.adapters.acts import Outcome, act
from runs_tui.adapters.base import Action, Previews, Source
from runs_tui.adapters.intents import Intent
from runs_tui.adapters.previews import Known, previews_of
from runs_tui.adapters.starts import may_change_inputs
from runs_tui.choices import Choice, choices_of, foretold
from runs_tui.model.errors import Conflict, SourceError
from runs_tui.model.inputs import Inputs
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking as told_as
from runs_tui.model.run import Run, RunKey
from runs_tui.screens.attempting import attempt, facts_of, news, tell
from runs_tui.screens.changed_inputs import (
    Told,
    choice_of,
    read_inputs,
    retry_with_inputs,
)
from runs_tui.screens.confirm import ConfirmScreen, Question
from runs_tui.screens.ledger import Ledger, LedgerScreen

if TYPE_CHECKING:
    from runs_tui.screens.one_run import OneRun

AT_ONCE = 4
"""How many runs are changed at the same time."""
LOOKED_INTO = 30
"""Of how many runs the steps are read to say what an action would do."""
SAID_AT_ONCE = 200
"""Up to how many runs the question is asked anew with every answer, and not with the last alone."""


class Asking:
    """What is asked about some runs: made anew whenever more is known of their steps."""

    def __init__(
        self, screen: "OneRun", action: Action, runs: Sequence[Run], plans: Mapping[RunKey, Plan]
    ) -> None:
        """Ask about runs; `plans` gives the steps of those whose steps are known."""
        self._screen = screen
        self._action = action
        self._runs = runs
        self._sources = {run.source: screen.sources[run.source] for run in runs}
        self.plans = dict(plans)
        """The steps of runs, as far as they are known."""
        self.inputs: Told = None
        """What the one run was started with, as far as it is known."""
        self.previews: Known = {}
        """What a retry of the one run would run again, as far as its API has told."""

    def question(self) -> Question:
        """Give the question as it is to be asked now."""
        action, runs, sources = self._action, self._runs, self._sources
        one = runs[0] if len(runs) == 1 else None
        what = "this run" if one else looks.counted(len(runs), "run")
        of = {name: f"{name}: " if len(sources) > 1 else "" for name in sources}
        cautions = [(run.source, sources[run.source].caution(action, run)) for run in runs]
        cautions += [(name, self._screen.denied.get((name, action))) for name in sources]
        told = [f"{of[name]}{caution}" for name, caution in cautions if caution]
        choices = self._choices()
        return Question(
            f"{action.capitalize()} {what}?",
            facts_of(self._screen, one) if one else (),
            choices,
            list(dict.fromkeys([*told, *_left_out(choices)])),
            [s.name for s in sources.values() if s.connection.protected],
        )

    def source(self, run: Run) -> Source:
        """Give the source of a run, as it was when it was asked about."""
        return self._sources[run.source]

    def gone(self, run: Run) -> SourceError | None:
        """Say that the source of a run is no longer the one that was asked about."""
        if self._screen.sources.get(run.source) is self._sources[run.source]:
            return None
        return Conflict(f"{run.source} was replaced: nothing was sent")

    def _choices(self) -> Sequence[Choice]:
        """Give what may be done, in other modes or with other inputs."""
        wanted = choices_of(
            self._action,
            self._runs,
            self._sources,
            self.plans,
            self._step(),
            busy=self._screen.being_done,
        )
        wanted = foretold(wanted, self.previews)
        return [*wanted, choice_of(self._runs[0], self.inputs)] if self.may_change else wanted

    @property
    def may_change(self) -> bool:
        """Whether it is about one run that may be started with other inputs."""
        run, *others = self._runs
        source = self._sources[run.source]
        return self._action == "retry" and not others and may_change_inputs(source, run)

    def _step(self) -> str | None:
        """Give the step under the cursor, for a retry of one run from there."""
        step = self._screen.pane.step
        shown = self._screen.pane.shown
        (key, *others) = [run.key for run in self._runs]
        known = not others and shown is not None and shown.key == key and key in self.plans
        return step.key if step is not None and known else None


def _left_out(choices: Sequence[Choice]) -> Sequence[str]:
    """Say how many of several runs nothing can be done to, and why not most of them."""
    if not choices or len(choices[0].intents) < 2:
        return ()
    why = Counter(intent.will for intent in choices[0].intents if not intent.can).most_common(2)
    return [f"{looks.counted(count, 'run')} left out: {reason}" for reason, count in why]


async def ask_and_act(screen: "OneRun", action: Action, runs: Sequence[Run]) -> None:
    """Ask a person, and act once on each run if they want it."""
    asking = Asking(screen, action, runs, screen.opened.all_plans())
    dialog = ConfirmScreen(asking.question, screen.undo)
    if len(runs) > 1:
        screen.read_steps_for(asking, dialog, runs)
    elif asking.may_change or isinstance(asking.source(runs[0]), Previews):
        screen.read_inputs_for(asking, dialog, runs[0])
    chosen = await screen.app.push_screen_wait(dialog)
    if chosen is None:
        screen.flash("Nothing was changed")
        return
    if chosen.asks_on:
        if isinstance(asking.inputs, Inputs):
            await retry_with_inputs(screen, runs[0], asking.inputs)
        return
    wanted = [intent for intent in chosen.intents if intent.can]
    if len(wanted) == 1:
        outcome = await _act(screen, asking, wanted[0])
        tell(screen, action, wanted[0].run, outcome)
    else:
        await _act_on_many(screen, asking, action, wanted)


async def look_into(
    screen: "OneRun", asking: Asking, dialog: ConfirmScreen, runs: Sequence[Run]
) -> None:
    """Read the steps of the runs whose steps are not known, while it is asked about them."""
    unknown = [run for run in runs if run.key not in asking.plans and run.active]
    for run in unknown[:LOOKED_INTO]:
        with suppress(SourceError), told_as("show", run.id):
            asking.plans[run.key] = Plan.of(await asking.source(run).steps(run.id))
            if len(runs) <= SAID_AT_ONCE:
                dialog.learn()
        if dialog.answered:
            return
    dialog.learn()


async def learn_inputs(screen: "OneRun", asking: Asking, dialog: ConfirmScreen, run: Run) -> None:
    """Read what a run was started with, and what it would run again, while it is asked about it."""
    if asking.may_change:
        asking.inputs = await read_inputs(asking.source(run), run)
        dialog.learn()
    intents = [each for choice in asking.question().choices for each in choice.intents]
    asking.previews = await previews_of(asking.source(run), intents)
    if asking.previews:
        dialog.learn()


async def _act_on_many(
    screen: "OneRun", asking: Asking, action: Action, intents: Sequence[Intent]
) -> None:
    ledger = Ledger(action, [intent.run for intent in intents])
    shown = LedgerScreen(ledger, lambda run: screen.board.get(run.key) or run)
    screen.app.push_screen(shown)
    room = asyncio.Semaphore(AT_ONCE)

    async def one(intent: Intent) -> None:
        async with room:
            outcome = await _act(screen, asking, intent)
        ledger.take(outcome)
        told = news(outcome, intent.run)
        if told is not None:
            if action == "retry" and outcome.ok:
                screen.kindred.tie(told, intent.run)
            screen.learn(told, anew=action == "retry" and outcome.ok)
        shown.learn()

    async with asyncio.TaskGroup() as group:
        for intent in intents:
            group.create_task(one(intent))
    screen.acted_on_many(ledger)


async def _act(screen: "OneRun", asking: Asking, intent: Intent) -> Outcome:
    """Do it to one run, unless its source was replaced meanwhile."""
    run, action, source = intent.run, intent.action, asking.source(intent.run)
    if (gone := asking.gone(run)) is not None:
        return Outcome(run.key, ok=False, error=gone)
    work = act(source, action, run.id, mode=intent.mode, step=intent.step, before=run)
    return await attempt(screen, source, action, run, work)
