"""The list of runs in the line mode: read anew only where somebody asks for it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.cli.listing import check_sources
from runs_tui.cli.pages import Reading, merged, read_all
from runs_tui.cli.plain.session import PAGE, Session
from runs_tui.cli.plain.telling import joined
from runs_tui.cli.status import Failure, Status, status_of
from runs_tui.model.errors import SourceError, Unreachable
from runs_tui.model.grammar import FilterError
from runs_tui.model.order import in_order
from runs_tui.model.purpose import asking
from runs_tui.model.query import ACTIVE_ONLY, FAILED_ONLY, Field, Query
from runs_tui.model.run import Run

AT_ONCE = 4
"""How many runs are read at the same time."""
PATIENCE = 20.0
"""The seconds after which the list does without a source that has not answered."""


def parsed(text: str, sources: Sequence[str]) -> Query:
    """Read a filter; raise Failure with what is wrong, and where."""
    try:
        query = Query.parse(text)
    except FilterError as error:
        wrong = text[error.start : error.end].strip()
        at = f" (at {wrong!r})" if wrong and wrong != text else ""
        raise Failure(Status.USAGE, f"the filter: {error.message}{at}") from None
    check_sources(query, sources)
    return query


def begin(session: Session) -> None:
    """Say how each source is, and list the newest runs."""

    def tell(reading: Reading) -> None:
        source = session.sources[reading.source]
        session.say(joined(named(source), _reach(reading)))

    _list(session, tell)


def named(source: Source) -> str:
    """Give the name of a source, and its API where that is another word."""
    return source.name if source.name == source.api else joined(source.name, source.api)


def _reach(reading: Reading) -> str:
    if reading.error is not None:
        return reading.error.sentence
    total = f", {looks.counted(reading.total, 'run')}" if reading.total is not None else ""
    return f"reachable{total}"


def list_runs(session: Session, text: str) -> None:
    """List the newest runs, of the filter that is given or of the one that holds."""
    if text.strip():
        show_query(session, parsed(text.strip(), list(session.sources)))
    else:
        again(session)


def list_all(session: Session, _: str) -> None:
    """List the newest runs without a filter."""
    show_query(session, Query())


def quick(session: Session, _: str) -> None:
    """List active runs, failed ones and all of them, one after the other."""
    bare = session.query.without(Field.STATE)
    now = tuple(session.query.of(Field.STATE))
    following = {(): ACTIVE_ONLY, (ACTIVE_ONLY,): FAILED_ONLY}.get(now)
    show_query(session, bare.with_term(following) if following else bare)


def show_query(session: Session, query: Query) -> None:
    """List the runs of a query, and remember what was listed before."""
    session.before.append(session.query)
    session.query = query
    again(session)


def again(session: Session) -> None:
    """List anew; the numbers begin at 1 again."""
    session.limit = PAGE
    session.opened = None
    _list(session, lambda reading: _complain(session, reading))


def last(session: Session, _: str) -> None:
    """Go back: from a run to the list, from a list to the one before."""
    if session.opened is not None:
        session.opened, session.more = None, session.rest
        session.say(f"back at the list: {_called(session.query)}")
    elif session.before:
        session.query = session.before.pop()
        again(session)
    else:
        session.say("this is the first list; quit leaves")


def _complain(session: Session, reading: Reading) -> None:
    if reading.error is not None:
        session.say(f"{reading.source}: {reading.error.sentence}")


def _list(session: Session, tell: Callable[[Reading], None]) -> None:
    session.runs.clear()
    session.listed.clear()
    readings = session.wait(_read(session, tell))
    session.say(f"list: {_called(session.query)}")
    _tell_new(session, readings)


def more(session: Session) -> None:
    """List the runs that follow."""
    session.limit += PAGE
    _tell_new(session, session.wait(_read(session, lambda reading: _complain(session, reading))))


def _tell_new(session: Session, readings: Sequence[Reading]) -> None:
    found = _in_order(session, readings)
    new = [run for run in found[: session.limit] if run.key not in session.listed]
    session.listed.update(run.key for run in new)
    session.say_runs(new)
    unread = any(reading.unread for reading in readings) or len(found) > session.limit
    session.more = session.rest = more if unread else None
    count = looks.counted(len(session.listed), "run")
    if unread:
        session.say(f"{count} listed, more exist: more lists the next")
    elif lost := _lost(readings):
        session.say(f"{count}, without those of {lost}")
    elif not session.listed:
        session.say("no run matches" if session.query.terms else "there are no runs")
    else:
        session.say(f"{count}, that is all")
    _fail_without_an_answer(readings)


def _in_order(session: Session, readings: Sequence[Reading]) -> Sequence[Run]:
    """Give what was read in the order of the query; of what was not read it says nothing."""
    return in_order(merged(readings), session.query.sort, session.clock.now())


def _lost(readings: Sequence[Reading]) -> str:
    return " and ".join(reading.source for reading in readings if reading.error is not None)


def _fail_without_an_answer(readings: Sequence[Reading]) -> None:
    errors = [reading.error for reading in readings]
    if errors and None not in errors and errors[0] is not None:
        raise Failure(status_of(errors[0]))


async def _read(session: Session, tell: Callable[[Reading], None]) -> list[Reading]:
    """Read every source that can have such runs, all at once; tell of each as it answers."""

    async def read(source: Source) -> Reading:
        try:
            async with asyncio.timeout(PATIENCE):
                (reading,) = await read_all([source], session.query, session.limit)
        except TimeoutError:
            late = Unreachable(f"no answer in {PATIENCE:.0f} seconds")
            reading = Reading(source.name, error=late)
        tell(reading)
        return reading

    asked = [s for s in session.sources.values() if session.query.admits_source(s.name)]
    return list(await asyncio.gather(*map(read, asked)))


def changes(session: Session, _: str) -> None:
    """Read the list again, and say only what is new or stands otherwise."""
    known = {key: session.runs[number] for key, number in session.numbers.items()}
    readings = session.wait(_read(session, lambda reading: _complain(session, reading)))
    found = _in_order(session, readings)
    now = {run.key: run for run in found}
    going = [run for run in known.values() if run.active and run.key not in now]
    now |= {run.key: run for run in session.wait(_read_each(session, going))}
    new = [run for run in found[: session.limit] if run.key not in known]
    session.listed.update(run.key for run in new)
    session.say_runs(new, "new: ")
    told = bool(new)
    for key, old in known.items():
        run = now.get(key, old)
        if _stands(old) != _stands(run):
            session.say_runs([run], f"was {looks.word(old)}: ")
            told = True
        else:
            session.number(run)
    if not told:
        lost = _lost(readings)
        session.say(f"nothing has changed{f', as far as is known without {lost}' if lost else ''}")
    _fail_without_an_answer(readings)


async def _read_each(session: Session, runs: Sequence[Run]) -> Sequence[Run]:
    """Read runs that have left the list; one that cannot be read stands as it did."""
    room = asyncio.Semaphore(AT_ONCE)

    async def read(run: Run) -> Run:
        async with room:
            with suppress(SourceError), asking("show", run.id):
                return await session.sources[run.source].run(run.id)
        return run

    return await asyncio.gather(*map(read, runs))


def _stands(run: Run) -> tuple[str, int | None]:
    return looks.word(run), run.attempt


def _called(query: Query) -> str:
    told = str(query) or "all runs"
    if query.sort is None:
        return told if query.terms else f"{told}, newest first"
    way = "descending" if query.sort.descending else "ascending"
    return f"{told}, by {query.sort.field} {way} among those read"
