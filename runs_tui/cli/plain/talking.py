"""The loop of the line mode: a line in, what it says is done, lines out."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from runs_tui.adapters.base import Source
from runs_tui.cli.endings import KNOWN, sentences_of, told
from runs_tui.cli.meant import closing_all
from runs_tui.cli.output import Output
from runs_tui.cli.plain import lists
from runs_tui.cli.plain.commands import do
from runs_tui.cli.plain.editing import begin_editing
from runs_tui.cli.plain.session import Session, Terminated
from runs_tui.cli.plain.transcript import Transcript
from runs_tui.cli.plain.typed import typed
from runs_tui.cli.status import Status
from runs_tui.model.view import View

PROMPT = "> "
_ADVICE = "help tells what can be typed, quit leaves"


def talk(sources: Sequence[Source], views: Sequence[View] = (), notices: Sequence[str] = ()) -> int:
    """Talk until it is asked to end, and give the exit status."""
    with asyncio.Runner() as runner:
        named = {source.name: source for source in sources}
        session = Session(named, Transcript(Output()), typed(), runner, views)
        try:
            with _hearing_signals(session):
                return _talk(session, notices)
        finally:
            with suppress(KeyboardInterrupt):
                runner.run(_close(sources))


async def _close(sources: Sequence[Source]) -> None:
    async with closing_all(sources):
        pass


def _talk(session: Session, notices: Sequence[str]) -> int:
    person = session.typed.person
    session.transcript.say_all(notices)
    if person:
        session.say(f"runs-tui, line by line: {_ADVICE}")
        begin_editing(session)
    status = _done(session, "list", lambda: lists.begin(session))
    while not session.over and not session.transcript.gone:
        try:
            status = _one_line(session) or status
        except KeyboardInterrupt as interrupt:
            session.leave_or_go_on(interrupt)
            session.say()
            session.say("quit leaves, and so does ctrl+d")
    return Status.DONE if person else status


def _one_line(session: Session) -> int:
    """Read a line, do what it says, and give the status of that; 0 where it was done."""
    line = session.typed.line(PROMPT)
    if line is None:
        session.over = True
    elif line.strip() and not line.strip().startswith("#"):
        return _done(session, line.strip(), lambda: do(session, line))
    return Status.DONE


def _done(session: Session, line: str, work: Callable[[], None]) -> int:
    """Do it, say why it cannot be done, and give the status of that; 0 where it was."""
    status: int = Status.DONE
    try:
        work()
    except KeyboardInterrupt as interrupt:
        session.leave_or_go_on(interrupt)
        session.say("interrupted")
        status = Status.INTERRUPTED
    except KNOWN as error:
        status, sentences = sentences_of(error)
        if status == Status.BROKEN:
            raise
        for sentence in sentences:
            session.say(f"not done: {sentence}")
    except (BrokenPipeError, OSError):
        raise
    except Exception as error:
        status = told(error)
    session.note(f"{_without_queries(line)}{f': status {status}' if status else ''}")
    return status


def _without_queries(line: str) -> str:
    """Give a line without what follows the question mark of an address, which may be a secret."""
    return " ".join(w.partition("?")[0] if "://" in w else w for w in line.split(" "))


@contextmanager
def _hearing_signals(session: Session) -> Iterator[None]:
    """Take every signal to the session, which alone knows at what point it comes."""

    def interrupt(_: int, __: FrameType | None) -> None:
        session.interrupt(KeyboardInterrupt())

    def end(_: int, __: FrameType | None) -> None:
        session.interrupt(Terminated())

    meant = {"SIGINT": interrupt, "SIGTERM": end, "SIGHUP": end}
    known = {getattr(signal, name): does for name, does in meant.items() if hasattr(signal, name)}
    heard = [number for number in known if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, known[number]) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
