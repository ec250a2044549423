"""Having a change agreed to in the line mode: what it does is said, and can be taken back."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from runs_tui import looks
from runs_tui.adapters.base import Action, Source
from runs_tui.adapters.intents import Intent
from runs_tui.choices import Choice
from runs_tui.cli.plain.session import Session
from runs_tui.cli.plain.telling import joined
from runs_tui.cli.status import Failure, Status

T = TypeVar("T")


def agreed(session: Session, action: Action, choice: Choice) -> bool:
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
        told = answer(session, f"{name} is protected, type its name to {action}: ")
        if (told or "").strip() != name:
            session.say(f"that is not {name}")
            return False
    return True


def _confirmed(session: Session, action: Action, choice: Choice, count: int) -> bool:
    what = "it" if count == 1 else f"these {count} runs"
    told = (answer(session, f"{action} {what}? y or n, Enter means no: ") or "").strip()
    if told.casefold() not in ({"y", "yes"} if session.typed.person else {"yes"}):
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


def answer(session: Session, prompt: str, *, hidden: bool = False) -> str | None:
    """Ask, for a secret without showing what is typed; an interrupt is a no."""
    try:
        return session.typed.hidden(prompt) if hidden else session.typed.answer(prompt)
    except KeyboardInterrupt as interrupt:
        session.leave_or_go_on(interrupt)
        session.say()
        return None


def refused(session: Session, what: str) -> Failure:
    """Say that nothing was changed, and give what ends the command."""
    session.say("nothing was changed")
    session.note(f"{what}: not done")
    return Failure(Status.REFUSED)


def sent(session: Session, what: str, work: Coroutine[Any, Any, T]) -> T:
    """Do what changes something; say of an interrupt that it came while it was sent."""
    try:
        return session.wait(work)
    except KeyboardInterrupt:
        session.say("it was being sent: open the run to see what became of it")
        session.note(f"{what}: interrupted while it was sent")
        raise
