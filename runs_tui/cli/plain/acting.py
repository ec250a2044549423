"""Cancel and retry in the line mode: said line by line, asked for, taken back, sent once."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from runs_tui.adapters.acts import Outcome, act, unable
from runs_tui.adapters.base import Action
from runs_tui.adapters.intents import Intent
from runs_tui.adapters.previews import previews_of
from runs_tui.adapters.starts import may_change_inputs
from runs_tui.choices import Choice, choices_of, foretold, other_inputs
from runs_tui.cli.plain.agreeing import agreed, answer, refused, sent
from runs_tui.cli.plain.inputs import retry_with_inputs
from runs_tui.cli.plain.one_run import step_key
from runs_tui.cli.plain.outcomes import take
from runs_tui.cli.plain.session import Session
from runs_tui.cli.plain.telling import joined
from runs_tui.cli.status import Failure, Status, status_of, status_of_all
from runs_tui.model.errors import SourceError
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.run import RetryMode, Run, RunKey
from runs_tui.model.words import did_you_mean

AT_ONCE = 4
"""How many runs are read or changed at the same time."""
LOOKED_INTO = 30
"""Of how many runs the steps are read to say what an action would do."""


def cancel(session: Session, text: str) -> None:
    """Stop runs: the open one, or those that are named."""
    _ask_and_act(session, "cancel", session.meant(text.split()), None, None)


def retry(session: Session, text: str) -> None:
    """Run runs again: `retry 3 full`, `retry 3 inputs limit=10`, or `retry step 2` of the open."""
    words, mode, step = text.split(), None, None
    if "inputs" in words:
        at = words.index("inputs")
        changed = text.split(maxsplit=at + 1)[at + 1 :]
        retry_with_inputs(session, _only(session.meant(words[:at])), "".join(changed))
        return
    if "step" in words:
        at = words.index("step")
        words, rest = words[:at], " ".join(words[at + 1 :])
        opened = session.open_run()
        if words and [run.key for run in session.meant(words)] != [opened.run.key]:
            raise Failure(Status.USAGE, "a step is one of the open run: open the run first")
        mode, step = RetryMode.STEP, step_key(opened, rest)
        words = []
    elif words and words[-1] in ("full", "failed"):
        mode = RetryMode(words.pop())
    _ask_and_act(session, "retry", session.meant(words), mode, step)


def _only(runs: Sequence[Run]) -> Run:
    if len(runs) != 1:
        raise Failure(Status.USAGE, "the inputs are those of one run: name one")
    return runs[0]


def _ask_and_act(
    session: Session, action: Action, runs: Sequence[Run], mode: RetryMode | None, step: str | None
) -> None:
    runs, plans = session.wait(_read(session, action, runs))
    choices = choices_of(action, runs, session.sources, plans, step) if runs else []
    if not choices:
        _say_why_not(session, action, runs)
    if action == "retry" and len(runs) == 1:
        intents = [each for choice in choices for each in choice.intents]
        source = session.sources[runs[0].source]
        choices = foretold(choices, session.wait(previews_of(source, intents)))
    what = f"{action} of {_names(runs)}"
    if len(runs) == 1 and action == "retry" and mode is None:
        choices = _with_inputs(session, choices, runs[0])
    chosen = _choose(session, choices, mode)
    if chosen is not None and chosen.asks_on:
        retry_with_inputs(session, runs[0], "")
        return
    if chosen is None or not agreed(session, action, chosen):
        raise refused(session, what)
    outcomes = sent(session, what, _act(session, action, [i for i in chosen.intents if i.can]))
    errors = [outcome.error for outcome in outcomes]
    if any(errors):
        raise Failure(status_of_all(errors))


def _with_inputs(session: Session, choices: Sequence[Choice], run: Run) -> Sequence[Choice]:
    """Offer other inputs as one of several ways; beside a single one, say how to have them."""
    if not session.typed.person or not may_change_inputs(session.sources[run.source], run):
        return choices
    if len(choices) > 1:
        return [*choices, other_inputs(run)]
    session.say(f"retry {session.number(run)} inputs: asks for other inputs first")
    return choices


async def _read(
    session: Session, action: Action, runs: Sequence[Run]
) -> tuple[list[Run], Mapping[RunKey, Plan]]:
    """Read runs anew, and the steps of some; say which cannot be read."""
    room, plans = asyncio.Semaphore(AT_ONCE), {}
    few = len(runs) <= LOOKED_INTO

    async def read(run: Run) -> Run | None:
        source = session.sources[run.source]
        async with room:
            try:
                with asking("show", run.id):
                    now = await source.run(run.id)
                    with suppress(SourceError):
                        if few and unable(source, action) is None:
                            plans[run.key] = Plan.of(await source.steps(run.id))
            except SourceError as error:
                session.say(f"{run.key}: {error.sentence}")
                if len(runs) == 1:
                    raise
                return None
            session.number(now)
            return now

    read_anew = await asyncio.gather(*map(read, runs))
    return [run for run in read_anew if run is not None], plans


def _say_why_not(session: Session, action: Action, runs: Sequence[Run]) -> None:
    errors = []
    for run in runs:
        source = session.sources[run.source]
        why = unable(source, action)
        errors.append(why)
        sentence = why.sentence if why else source.objection(action, run)
        session.say(joined(f"cannot {action}", run.workflow, str(run.key), sentence))
    first = next((error for error in errors if error is not None), None)
    alike = first is not None and None not in errors
    raise Failure(status_of(first) if alike and first is not None else Status.REFUSED)


def _choose(session: Session, choices: Sequence[Choice], mode: RetryMode | None) -> Choice | None:
    modes = {choice.mode: choice for choice in choices}
    if mode is not None:
        if mode not in modes:
            can = [str(each) for each in modes if each]
            raise Failure(
                Status.UNSUPPORTED, f"no retry with mode {mode}: {did_you_mean(mode, can)}"
            )
        return modes[mode]
    if len(choices) == 1 or not session.typed.person:
        return modes.get(RetryMode.FAILED) or choices[0]
    session.say("0  no, change nothing")
    for number, choice in enumerate(choices, 1):
        session.say(f"{number}  {choice.label}")
    told = (answer(session, "number, Enter means no: ") or "").strip()
    if told.isdecimal() and 1 <= int(told) <= len(choices):
        return choices[int(told) - 1]
    return None


async def _act(session: Session, action: Action, intents: Sequence[Intent]) -> list[Outcome]:
    """Do it once to each run, and say what became of each as its answer comes."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(intent: Intent) -> Outcome:
        run = intent.run
        source = session.sources[run.source]
        async with room:
            outcome = await act(
                source, action, run.id, mode=intent.mode, step=intent.step, before=run
            )
        take(session, action, run, outcome)
        return outcome

    return list(await asyncio.gather(*map(one, intents)))


def _names(runs: Sequence[Run]) -> str:
    return ", ".join(str(run.key) for run in runs)
