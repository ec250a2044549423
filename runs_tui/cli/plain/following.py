"""Following in the line mode: what comes is appended, until Enter, an interrupt or the end."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress

from runs_tui import looks
from runs_tui.adapters.base import Rewinds, Source, Tails
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.cli.event_lines import lines_of
from runs_tui.cli.plain.session import Opened, Session
from runs_tui.cli.plain.typed import taken
from runs_tui.cli.status import failure
from runs_tui.cli.tailing import able, left_in_the_end
from runs_tui.cli.watcher import Lost, Pace, Seen, Watcher
from runs_tui.model.errors import BadAnswer, RateLimited, SourceError, Unreachable
from runs_tui.model.purpose import asking
from runs_tui.model.run import Event, Run

Work = Callable[[], Coroutine[object, object, None]]
FIRST = 10
"""How many of the events that are there are told before those that come."""
TRIES = 6
"""How often a lost stream is begun again before a script goes on without it."""
LONGEST = 30.0
"""The most seconds between two beginnings."""


def follow(session: Session, text: str) -> None:
    """Write the events of the open run as they come; without one, the changes of the list."""
    if text.strip() or session.opened is not None:
        runs = session.meant(text.split())
        if len(runs) > 1:
            _watch(session, runs)
            return
        opened = session.opened
        if opened is None or opened.run.key != runs[0].key:
            from runs_tui.cli.plain.one_run import open_one

            open_one(session, str(runs[0].key))
        _tail(session, session.open_run())
        return
    going = [run for run in session.runs.values() if run.active]
    if not going:
        session.say("none of the runs that are listed goes on")
        return
    _watch(session, going)


def watch(session: Session, text: str) -> None:
    """Say how runs go on, until all have ended."""
    _watch(session, session.meant(text.split()))


def _tail(session: Session, opened: Opened) -> None:
    source = session.sources[opened.run.source]
    if not isinstance(source, Tails) or isinstance(source, UnusableSource):
        session.say(f"the {source.api} API tells no events: its state is followed")
        _watch(session, [opened.run])
        return
    what = f"events of {opened.run.key}"
    if not until_stopped(session, what, lambda: _events(session, source, opened)):
        return
    run = session.wait(source.run(opened.run.id))
    opened.run = run
    session.number(run)
    after = f" after {looks.took(run, session.clock.now())}" if run.started_at else ""
    session.say(f"no more events: the run is {looks.word(run)}{after}")


async def _events(session: Session, source: Source, opened: Opened) -> None:
    failures = 0
    while True:
        try:
            with asking("tail", opened.run.id):
                await _from_here(session, source, opened)
        except (Unreachable, RateLimited, BadAnswer) as error:
            failures += 1
            if not session.typed.person and failures >= TRIES:
                raise
            if failures == 1:
                session.say(f"{source.name}: {error.sentence}; trying again")
            await asyncio.sleep(min(2.0 ** (failures - 1), LONGEST))
        else:
            return


async def _from_here(session: Session, source: Source, opened: Opened) -> None:
    run_id = opened.run.id
    if opened.last is None and isinstance(source, Rewinds):
        stretch = await source.last_events(run_id)
        await _say(session, opened, stretch.events[-FIRST:])
    async with left_in_the_end(able(source).tail(run_id, opened.last)) as events:
        async for told in events:
            await _say(session, opened, [told])
            if session.transcript.gone:
                return


async def _say(session: Session, opened: Opened, told: Sequence[object]) -> None:
    for each in told:
        session.transcript.say_all(await lines_of(each, opened.names))  # type: ignore[arg-type]
        if isinstance(each, Event) and each.id is not None:
            opened.last = each.id


def _watch(session: Session, runs: Sequence[Run]) -> None:
    words: dict[object, tuple[str, int | None]] = {}
    lost: dict[object, str] = {}

    def tell(told: Seen | Lost) -> None:
        say(told)
        if session.transcript.gone:
            for task in tasks:
                task.cancel()

    def say(told: Seen | Lost) -> None:
        if isinstance(told, Lost):
            again = "" if told.final else "; trying again"
            sentence = f"{told.key}: {told.error.sentence}{again}"
            if lost.get(told.key) != sentence:
                session.say(sentence)
            lost[told.key] = sentence
            if told.final:
                gone.append(told.error)
            return
        run = told.run
        lost.pop(run.key, None)
        stands = looks.word(run), run.attempt
        if words.get(run.key) != stands:
            words[run.key] = stands
            session.say_runs([run], f"{session.clock.now():%H:%M:%S}  ")
            if not run.active:
                session.note(f"{run.key} ended: {looks.word(run)}")

    gone: list[SourceError] = []
    tasks: list[asyncio.Task[None]] = []
    by_source: dict[str, list[Run]] = {}
    for run in runs:
        by_source.setdefault(run.source, []).append(run)

    async def all_of_them() -> None:
        async with asyncio.TaskGroup() as group:
            for name, some in by_source.items():
                keys = [run.key for run in some]
                watcher = Watcher(session.sources[name], keys, tell, pace=Pace())
                tasks.append(group.create_task(watcher.watch()))

    if until_stopped(session, looks.counted(len(runs), "run"), all_of_them):
        session.say("all of them have ended" if len(runs) > 1 else "it has ended")
    if gone:
        raise failure("what was followed", gone[0])


def _tell_beginning(session: Session, what: str) -> None:
    stop = "; Enter stops" if session.typed.person else ""
    session.say(f"following {what}{stop}")


def until_stopped(session: Session, what: str, work: Work) -> bool:
    """Do it until it ends or a person stops it; tell whether it came to its end."""

    async def stoppable() -> bool:
        task = asyncio.ensure_future(work())
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            with suppress(EOFError):
                taken()
            loop.remove_reader(sys.stdin.fileno())
            stopped.set()
            task.cancel()

        if session.typed.person:
            loop.add_reader(sys.stdin.fileno(), stop)
        try:
            await task
        except asyncio.CancelledError:
            if not stopped.is_set():
                raise
            return False
        finally:
            if session.typed.person:
                loop.remove_reader(sys.stdin.fileno())
        return True

    try:
        _tell_beginning(session, what)
        ended = session.wait(stoppable())
    except KeyboardInterrupt as interrupt:
        session.leave_or_go_on(interrupt)
        ended = False
    if not ended:
        session.say("no longer following")
    return ended
