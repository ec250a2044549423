"""`runs-tui tail`: a run's events and log lines, as they come."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal

from runs_tui.adapters.base import Source, Tails
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.cli.event_lines import StepNames, lines_of
from runs_tui.cli.meant import closing_all, open_named, runs_meant, sources_meant
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output
from runs_tui.cli.present_end import patience_for, to_the_present_end
from runs_tui.cli.running import run as finish
from runs_tui.cli.status import Status, failure
from runs_tui.model import shapes
from runs_tui.model.errors import SourceError, Unsupported
from runs_tui.model.purpose import asking
from runs_tui.model.run import Event, Gap, RunKey

Until = Literal["follow", "once"]
Tell = Callable[[Event | Gap], Awaitable[None]]


def tail_run(choice: Choice, text: str, until: Until, form: Literal["text", "json"]) -> int:
    """Print the events of a run, and give the exit status."""
    settings = sources_meant(choice)
    (key,) = runs_meant([text], settings)
    source = open_named(settings, [key.source])[key.source]
    output = Output()
    names = StepNames(source, key.id)

    async def tell(told: Event | Gap) -> None:
        if form == "json":
            output.json(shapes.of_event(told))
        else:
            output.lines(await lines_of(told, names))

    try:
        with asking("tail", key.id):
            finish(_tail(source, key, until, tell, output))
    except SourceError as error:
        raise failure(key, error) from None
    return Status.DONE


async def _tail(source: Source, key: RunKey, until: Until, tell: Tell, output: Output) -> None:
    async with closing_all([source]):
        tails = able(source)
        patience = await patience_for(source, key.id) if until == "once" else None
        async with left_in_the_end(tails.tail(key.id)) as events:
            wanted = to_the_present_end(events, patience) if patience else events
            async with left_in_the_end(wanted):
                async for told in wanted:
                    await tell(told)
                    if output.gone:
                        return


def able(source: Source) -> Tails:
    """Give a source that tells events; raise why it does not."""
    if isinstance(source, UnusableSource):
        raise type(source.why)(source.why.detail, source.why.hint)
    if not isinstance(source, Tails):
        raise Unsupported(f"{source.api} tells no events of a run")
    return source


@asynccontextmanager
async def left_in_the_end(
    events: AsyncIterator[Event | Gap],
) -> AsyncIterator[AsyncIterator[Event | Gap]]:
    """Leave a stream of events before going on, also where it is not read to its end."""
    try:
        yield events
    finally:
        leave = getattr(events, "aclose", None)
        if leave is not None:
            await leave()
