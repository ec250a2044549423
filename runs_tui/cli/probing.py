"""`runs-tui sources`: each configured source, whether it is reachable, and what it can do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal

from runs_tui.adapters.base import Source
from runs_tui.adapters.unusable import UnusableSource
from runs_tui.cli.meant import ad_hoc, checked_config, closing_all, narrowed, open_all
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output, complain, say
from runs_tui.cli.running import run
from runs_tui.cli.status import Status, status_of
from runs_tui.cli.table import Cell, Column, table
from runs_tui.config import SourceSettings
from runs_tui.config.opening import source_kind
from runs_tui.model.errors import SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.query import Query


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found about one source."""

    settings: SourceSettings
    """The source."""
    can: tuple[str, ...]
    """What it can do."""
    latency: float | None = None
    """How many milliseconds an answer took."""
    error: SourceError | None = None
    """Why it is not usable."""


def probe_sources(choice: Choice, form: Literal["text", "json"]) -> int:
    """Print every source that is meant, and give the exit status."""
    settings = _meant(choice)
    with asking("try"):
        probes = run(_probe_all(settings, open_all(settings)))
    if form == "json":
        Output().json({"sources": [_shape(probe) for probe in probes]})
    elif probes:
        output = Output()
        output.lines(table(_COLUMNS, [_row(probe) for probe in probes], width=output.width))
    for probe in probes:
        if probe.error:
            complain(f"{probe.settings.name}: {probe.error.sentence}")
    errors = [probe.error for probe in probes]
    if not errors or None in errors or errors[0] is None:
        return Status.DONE
    return status_of(errors[0])


def _meant(choice: Choice) -> Sequence[SourceSettings]:
    if choice.ad_hoc:
        return (ad_hoc(choice),)
    config = checked_config()
    if not config.sources and not choice.names:
        say(f"no source is configured in {config.path}")
    return narrowed(config.sources, choice.names)


async def _probe_all(
    settings: Sequence[SourceSettings], sources: Sequence[Source]
) -> Sequence[Probe]:
    async with closing_all(sources):
        pairs = zip(settings, sources, strict=True)
        return await asyncio.gather(*(_probe(setting, source) for setting, source in pairs))


async def _probe(settings: SourceSettings, source: Source) -> Probe:
    can = _abilities(settings, source)
    if hasattr(source, "patience"):  # else what was just asked is answered from memory, in no time
        source.patience = replace(source.patience, fresh=0.0)
    settings = replace(settings, url=source.connection.url)
    try:
        await source.runs(Query(limit=1))  # the first request also opens the connection
        begun = perf_counter()
        await source.runs(Query(limit=1))
    except SourceError as error:
        return Probe(settings, can, error=error)
    return Probe(settings, can, round((perf_counter() - begun) * 1000, 1))


def _abilities(settings: SourceSettings, source: Source) -> tuple[str, ...]:
    kind: Any = source
    if isinstance(source, UnusableSource):
        kind = source_kind(settings)
    found = {
        "cancel": hasattr(kind, "cancel") and not settings.read_only,
        "retry": hasattr(kind, "retry") and not settings.read_only,
        "steps": True,
        "tail": hasattr(kind, "tail"),
        "follow": hasattr(kind, "follow"),
    }
    return tuple(name for name, able in found.items() if able)


def _shape(probe: Probe) -> dict[str, object]:
    return {
        "name": probe.settings.name,
        "api": probe.settings.api,
        "url": probe.settings.url,
        "ok": probe.error is None,
        "error": probe.error.sentence if probe.error else None,
        "latency_ms": probe.latency,
        "can": list(probe.can),
    }


_COLUMNS = (
    Column("SOURCE"),
    Column("API"),
    Column("URL", least=20),
    Column("ANSWERS"),
    Column("CAN", least=10),
)


def _row(probe: Probe) -> list[Cell]:
    answers = probe.error.title if probe.error else f"in {probe.latency:.0f} ms"
    settings = probe.settings
    return [
        Cell(settings.name),
        Cell(settings.api),
        Cell(settings.url),
        Cell(answers),
        Cell(" ".join(probe.can)),
    ]
