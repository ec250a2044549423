"""The events of the open run in the line mode: the newest first, older ones on request."""

from collections.abc import Sequence

from runs_tui import looks
from runs_tui.adapters.base import Rewinds, Source
from runs_tui.cli.event_lines import lines_of
from runs_tui.cli.plain.session import Opened, Session
from runs_tui.cli.present_end import patience_for, to_the_present_end
from runs_tui.cli.tailing import able, left_in_the_end
from runs_tui.model.purpose import asking
from runs_tui.model.run import Event, Gap

SHOWN = 40
"""How many events are told at once."""


async def newest_events(source: Source, run_id: str) -> tuple[Sequence[Event | Gap], bool]:
    """Give the newest events of a run, and whether there are older ones that were not read."""
    tails = able(source)
    with asking("tail", run_id):
        if isinstance(source, Rewinds):
            stretch = await source.last_events(run_id)
            return stretch.events, stretch.older
        patience = await patience_for(source, run_id)
        async with left_in_the_end(tails.tail(run_id)) as events:
            return [told async for told in to_the_present_end(events, patience)], False


def events(session: Session, text: str) -> None:
    """Write the newest events of the open run, or `all` of them."""
    opened, source = session.open_run(), _source(session)
    told, older = session.wait(newest_events(source, opened.run.id))
    if text.strip() == "all":
        while older and isinstance(source, Rewinds):
            first = _id_of(told, 0)
            stretch = session.wait(source.last_events(opened.run.id, first))
            told, older = [*stretch.events, *told], stretch.older and bool(stretch.events)
    else:
        older = older or len(told) > SHOWN
        told = told[-SHOWN:]
    opened.first, opened.last, opened.older = _id_of(told, 0), _id_of(told, -1), older
    if not told:
        session.say("no events are told")
    _write(session, opened, told)
    session.more = None
    if older:
        session.say(f"{looks.counted(len(told), 'event')} told, older ones exist: more tells them")
        session.more = _older


def _older(session: Session) -> None:
    opened, source = session.open_run(), _source(session)
    told: Sequence[Event | Gap]
    if isinstance(source, Rewinds) and opened.first is not None:
        stretch = session.wait(source.last_events(opened.run.id, opened.first))
        told, more = stretch.events, stretch.older
    else:
        everything, more = session.wait(newest_events(source, opened.run.id))
        ids = [_id_of(everything, place) for place in range(len(everything))]
        told = everything[: ids.index(opened.first)] if opened.first in ids else ()
    more = more or len(told) > SHOWN
    told = told[-SHOWN:]
    opened.first, opened.older = _id_of(told, 0) or opened.first, more
    session.say(f"the {looks.counted(len(told), 'event')} before those:")
    _write(session, opened, told)
    session.more = _older if more and told else None


def _write(session: Session, opened: Opened, told: Sequence[Event | Gap]) -> None:
    async def lines() -> list[str]:
        return [line for each in told for line in await lines_of(each, opened.names)]

    session.transcript.say_all(session.wait(lines()))


def _source(session: Session) -> Source:
    return session.sources[session.open_run().run.source]


def _id_of(told: Sequence[Event | Gap], place: int) -> str | None:
    if not told:
        return None
    event = told[place]
    return event.id if isinstance(event, Event) else None
