"""Cancel and retry in the line mode: said line by line, asked for, taken back, sent once."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from runs_tui import looks
from runs_tui.adapters.acts import Outcome, act, unable
from runs_tui.adapters.base import Action, Source
from runs_tui.adapters.intents import Intent
from runs_tui.adapters.previews import previews_of
from runs_tui.choices import Choice, choices_of, foretold
from runs_tui.cli.changing import told as what_became
from runs_tui.cli.plain.one_run import step_key
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
    """Run runs again: `retry 3 full`, `retry 3 failed`, or `retry step 2` of the open run."""
    words, mode, step = text.split(), None, None
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
    chosen = _choose(session, choices, mode)
    if chosen is None or not _agreed(session, action, chosen):
        session.say("nothing was changed")
        session.note(f"{action} of {_names(runs)}: not done")
        raise Failure(Status.REFUSED)
    try:
        outcomes = session.wait(_act(session, action, [i for i in chosen.intents if i.can]))
    except KeyboardInterrupt:
        session.say("it was being sent: open the run to see what became of it")
        session.note(f"{action} of {_names(runs)}: interrupted while it was sent")
        raise
    errors = [outcome.error for outcome in outcomes]
    if any(errors):
        raise Failure(status_of_all(errors))


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
    answer = (_answer(session, "number, Enter means no: ") or "").strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(choices):
        return choices[int(answer) - 1]
    return None


def _agreed(session: Session, action: Action, choice: Choice) -> bool:
    """Say what will happen to each run, and ask; tell whether it is wanted in the end."""
    able = [intent for intent in choice.intents if intent.can]
    of = {intent.run.source: session.sources[intent.run.source] for intent in able}
    session.say(f"{action} {looks.counted(len(able), 'run')}:")
    for intent in choice.intents:
        run = intent.run
        will = intent.will if intent.can else f"will not be: {intent.will}"
        word = looks.word(run)
        words = joined(f"{session.number(run)}  {word}", run.workflow, str(run.key), will)
        session.transcript.say(words, state=run.state, word=word)
    for caution in _cautions(of, action, able):
        session.say(f"mind: {caution}")
    return _named(session, of, action) and _confirmed(session, action, choice, len(able))


def _cautions(of: Mapping[str, Source], action: Action, intents: Sequence[Intent]) -> Sequence[str]:
    told = (of[intent.run.source].caution(action, intent.run) for intent in intents)
    return list(dict.fromkeys(caution for caution in told if caution))


def _named(session: Session, of: Mapping[str, Source], action: Action) -> bool:
    """Have the names of protected sources typed, by a person."""
    for name in [source.name for source in of.values() if source.connection.protected]:
        if not session.typed.person:
            raise Failure(
                Status.USAGE, f"{name}: protected, so the name must be typed on a terminal"
            )
        told = _answer(session, f"{name} is protected, type its name to {action}: ")
        if (told or "").strip() != name:
            session.say(f"that is not {name}")
            return False
    return True


def _confirmed(session: Session, action: Action, choice: Choice, count: int) -> bool:
    what = "it" if count == 1 else f"these {count} runs"
    answer = (_answer(session, f"{action} {what}? y or n, Enter means no: ") or "").strip()
    if answer.casefold() not in ({"y", "yes"} if session.typed.person else {"yes"}):
        if not session.typed.person:
            session.say(f"{action} needs a line that says yes")
        return False
    if not session.typed.person or session.undo <= 0:
        return True
    if _taken_back(session, choice.doing):
        session.say("taken back, nothing was sent")
        return False
    return True


def _taken_back(session: Session, doing: str) -> bool:
    """Tell whether a person takes the answer back in time; so does an end, or an interrupt."""
    try:
        session.say(
            f"{doing} in {session.undo:.0f} seconds. u and Enter takes it back, "
            "Enter alone does it now."
        )
        hurried = session.typed.within(session.undo)
    except EOFError:
        return True
    except KeyboardInterrupt as interrupt:
        session.leave_or_go_on(interrupt)
        return True
    return hurried is not None and bool(hurried.strip())


def _answer(session: Session, prompt: str) -> str | None:
    """Ask; an interrupt is a no."""
    try:
        return session.typed.answer(prompt)
    except KeyboardInterrupt as interrupt:
        session.leave_or_go_on(interrupt)
        session.say()
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
        if outcome.run is not None:
            session.number(outcome.run)
            session.renew(outcome.run)
            if outcome.run.key != run.key and not outcome.run.retry_of:
                session.origins[outcome.run.key] = run.id
        _tell(session, action, outcome)
        return outcome

    return list(await asyncio.gather(*map(one, intents)))


def _tell(session: Session, action: Action, outcome: Outcome) -> None:
    if outcome.error is not None or outcome.run is None:
        why = outcome.error.sentence if outcome.error else "nothing was told"
        sentence = f"{outcome.key}: could not {action}: {why}"
    else:
        sentence = what_became(outcome.key, outcome.run, action)
        if outcome.run.key != outcome.key:
            sentence += f"; it is number {session.number(outcome.run)}"
    session.say(sentence)
    session.note(sentence)


def _names(runs: Sequence[Run]) -> str:
    return ", ".join(str(run.key) for run in runs)
