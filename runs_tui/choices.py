"""What may be done to some runs: each choice with what it would do to every one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from runs_tui import looks
from runs_tui.adapters.base import Action, Retries, Source
from runs_tui.adapters.intents import Intent, intent
from runs_tui.adapters.previews import Known, words_of
from runs_tui.model.plan import Plan
from runs_tui.model.run import RetryMode, Run, RunKey

UNDO = 5.0
"""For how many seconds an answer can be taken back before anything is sent."""
_WHENCE = {
    RetryMode.FULL: "all of it",
    RetryMode.FAILED: "from the failed step",
    RetryMode.STEP: "from the step",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done."""

    label: str
    """What a person reads."""
    doing: str
    """What is said while it can still be taken back, such as `Cancelling 3 runs`."""
    intents: Sequence[Intent]
    """What it does to each run."""
    mode: RetryMode | None = None
    """From where a retry starts; None for a cancel."""
    asks_on: bool = False
    """Whether it only leads to another question, so that it does nothing by itself."""
    why_not: str = ""
    """Why it cannot be chosen now."""

    @property
    def prompt(self) -> str:
        """Give what a person reads, with why it cannot be chosen."""
        return f"{self.label}   {self.why_not}" if self.why_not else self.label


def choices_of(
    action: Action,
    runs: Sequence[Run],
    sources: Mapping[str, Source],
    plans: Mapping[RunKey, Plan],
    step: str | None = None,
    *,
    busy: Callable[[Run], str | None] = lambda run: None,
) -> Sequence[Choice]:
    """Give what may be done: exactly the modes that these APIs have for these runs.

    `plans` gives the steps of those runs whose steps are known; `step` is the one of a single run
    from which it can be retried. `busy` tells what is being done to a run just now, if anything.
    """
    making = _Making(action, runs, sources, plans, busy)
    if action == "cancel":
        wanted = [making.choice("Yes, cancel", None, None)]
    else:
        of = {run.source: sources[run.source] for run in runs}.values()
        modes = {m for source in of if isinstance(source, Retries) for m in source.modes}
        ordered = [mode for mode in RetryMode if mode in modes]
        at = {RetryMode.STEP: step}
        wanted = [making.choice("Retry", mode, at.get(mode)) for mode in ordered]
    return [choice for choice in wanted if any(i.can for i in choice.intents)]


def other_inputs(run: Run, why_not: str = "") -> Choice:
    """Give what leads to the question of which inputs a run shall be started again with."""
    intent = Intent(run, "retry", "would start a new run with other inputs", can=True)
    return Choice("Retry with changed inputs…", "", [intent], asks_on=True, why_not=why_not)


def new_run(run: Run, changed: int) -> Choice:
    """Give the start of a run again with so many inputs that are not as they were."""
    what = looks.counted(changed, "changed input") if changed else "the same inputs"
    intent = Intent(run, "retry", f"would start a new run with {what}", can=True)
    return Choice(f"Start a new run with {what}", "Starting a new run", [intent])


def foretold(choices: Sequence[Choice], known: Known) -> Sequence[Choice]:
    """Say in each choice what it would run again, where its API has told that of its run."""
    return [_foretold(choice, known) for choice in choices]


def _foretold(choice: Choice, known: Known) -> Choice:
    one = choice.intents[0]
    steps = known.get((one.run.key, one.mode, one.step))
    if steps is None:
        return choice
    if not steps:
        return replace(choice, why_not="nothing of it would be run again")
    words = words_of(steps)
    intents = [replace(one, will=f"would run again {words}")]
    return replace(choice, label=f"{choice.label}   {words}", intents=intents)


@dataclass(frozen=True, slots=True)
class _Making:
    action: Action
    runs: Sequence[Run]
    sources: Mapping[str, Source]
    plans: Mapping[RunKey, Plan]
    busy: Callable[[Run], str | None]

    def choice(self, verb: str, mode: RetryMode | None, step: str | None) -> Choice:
        intents = [self._intent(run, mode, step) for run in self.runs]
        intents.sort(key=lambda intent: not intent.can)
        count = sum(intent.can for intent in intents)
        what = "it" if len(intents) == 1 else looks.counted(count, "run")
        label = f"{verb} {what}"
        if mode is not None:
            label = f"{verb} {self._whence(mode, step)}"
            label += f": {what}" if len(intents) > 1 else ""
        doing = "Cancelling" if self.action == "cancel" else "Retrying"
        return Choice(label, f"{doing} {what}", intents, mode)

    def _whence(self, mode: RetryMode, step: str | None) -> str:
        if len(self.runs) > 1:
            return _WHENCE[mode]
        plan = self.plans.get(self.runs[0].key)
        if mode is RetryMode.FAILED and plan and plan.failed:
            return f"{_WHENCE[mode]}, {plan.failed[0].name}"
        if mode is RetryMode.STEP and plan and step:
            return f"{_WHENCE[mode]} {plan.steps[step].name}"
        return _WHENCE[mode]

    def _intent(self, run: Run, mode: RetryMode | None, step: str | None) -> Intent:
        plan = self.plans.get(run.key)
        told = intent(self.sources[run.source], self.action, run, plan, mode, step)
        if (doing := self.busy(run)) is not None:
            return Intent(run, self.action, doing, can=False)
        return told if _applies(mode, step, plan) else Intent(run, self.action, told.will, False)


def _applies(mode: RetryMode | None, step: str | None, plan: Plan | None) -> bool:
    """Tell whether a retry can start there: at a step that is known, or where one has failed."""
    match mode:
        case RetryMode.STEP:
            return step is not None and plan is not None and step in plan.steps
        case RetryMode.FAILED:
            return plan is None or bool(plan.failed)
        case _:
            return True
