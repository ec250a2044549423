"""Places of the line mode: saved views, sources, workflows."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from runs_tui import looks
from runs_tui.adapters.acts import unable
from runs_tui.adapters.base import Action, Source, Tails
from runs_tui.cli.plain.choosing import choose
from runs_tui.cli.plain.lists import named, parsed, show_query
from runs_tui.cli.plain.session import Session
from runs_tui.cli.plain.telling import joined
from runs_tui.cli.status import Failure, Status, status_of
from runs_tui.model.errors import SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.query import Query, quoted
from runs_tui.model.words import did_you_mean

_ACTIONS: tuple[Action, ...] = ("cancel", "retry")


def views(session: Session, _: str) -> None:
    """Write the saved views, numbered."""
    if not session.views:
        session.say("no view is saved in the configuration")
    for number, view in enumerate(session.views, 1):
        session.say(joined(f"{number}  {view.name}", str(view.query) or "all runs"))


def view(session: Session, text: str) -> None:
    """List the runs of a saved view, by its name or number."""
    names = [view.name for view in session.views]
    wanted = text.strip() or choose(session, names, "view")
    if wanted is None:
        return
    place = int(wanted) - 1 if wanted.isdecimal() else None
    found = [
        view
        for at, view in enumerate(session.views)
        if view.name.casefold() == wanted.casefold() or at == place
    ]
    if not found:
        raise Failure(
            Status.NOT_FOUND, f"there is no view {wanted!r}: {did_you_mean(wanted, names)}"
        )
    show_query(session, found[0].query)


def of_source(session: Session, text: str) -> None:
    """List the runs of one source, or of several by comma."""
    wanted = text.strip() or choose(session, list(session.sources), "source")
    if wanted is not None:
        names = ",".join(quoted(name.strip()) for name in wanted.split(","))
        show_query(session, parsed(f"source:{names}", list(session.sources)))


def of_workflow(session: Session, text: str) -> None:
    """List the runs of one workflow."""
    known = sorted({run.workflow for run in session.runs.values()})
    wanted = text.strip() or choose(session, known, "workflow")
    if wanted is not None:
        show_query(session, parsed(f"workflow:{quoted(wanted)}", list(session.sources)))


def sources(session: Session, _: str) -> None:
    """Ask every source anew, and say how it is and what can be done there."""

    async def probe(source: Source) -> SourceError | None:
        who, begun = named(source), perf_counter()
        try:
            with asking("try"):
                await source.runs(Query(limit=1))
        except SourceError as error:
            session.say(joined(who, error.sentence, source.connection.url))
            return error
        told = f"answers in {looks.latency(perf_counter() - begun)}"
        session.say(joined(who, told, _abilities(source), source.connection.url))
        return None

    async def probe_all() -> Sequence[SourceError | None]:
        return await asyncio.gather(*map(probe, session.sources.values()))

    errors = session.wait(probe_all())
    if errors and None not in errors and errors[0] is not None:
        raise Failure(status_of(errors[0]))


def _abilities(source: Source) -> str:
    can = [action for action in _ACTIONS if unable(source, action) is None]
    told = [*can, *(["events"] if isinstance(source, Tails) else [])]
    marks = ["read only"] if source.connection.read_only else []
    marks += ["protected"] if source.connection.protected else []
    return joined(f"can {', '.join(told)}" if told else "can only be read", *marks)
