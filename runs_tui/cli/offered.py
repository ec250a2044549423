"""What can be typed next: sources, runs and the words of a filter."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

import click
from click.shell_completion import CompletionItem

from runs_tui import looks
from runs_tui.adapters import api_names
from runs_tui.cli.meant import closing_all, open_named, sources_meant
from runs_tui.cli.options import Choice
from runs_tui.cli.pages import merged, read_all
from runs_tui.config import ConfigError, SourceSettings, load
from runs_tui.model.completion import complete
from runs_tui.model.known import Known
from runs_tui.model.query import Query
from runs_tui.model.run import Run

PATIENCE = 2.0
"""The seconds after which a source that did not answer offers nothing."""
MANY = 100
"""How many runs of a source are asked for."""

Items = list[CompletionItem[str]]


def source_names(typed: str) -> Items:
    """Offer the configured sources."""
    return [
        CompletionItem(source.name, help=source.api)
        for source in load().sources
        if source.name.startswith(typed)
    ]


def apis(typed: str) -> Items:
    """Offer the APIs."""
    return [CompletionItem(name) for name in api_names() if name.startswith(typed)]


def runs(ctx: click.Context, typed: str) -> Items:
    """Offer sources, and the newest runs of the one that was typed."""
    with suppress(click.ClickException, ConfigError):
        settings = sources_meant(_choice(ctx))
        name, slash, _ = typed.partition("/")
        if len(settings) > 1 and not slash:
            named = [s for s in settings if s.name.startswith(typed)]
            if len(named) != 1 or not typed:
                return [CompletionItem(f"{source.name}/", help=source.api) for source in named]
            name = named[0].name
        meant = [s for s in settings if s.name == name] or settings[: len(settings) == 1]
        bare = len(settings) == 1 and not slash
        told = ((run.id if bare else str(run.key), run) for run in _newest(meant))
        return [
            CompletionItem(text, help=f"{run.workflow}, {looks.word(run)}")
            for text, run in told
            if text.startswith(typed)
        ]
    return []


def filters(ctx: click.Context, typed: str) -> Items:
    """Offer the fields and values that a filter can go on with."""
    with suppress(click.ClickException, ConfigError):
        settings = sources_meant(_choice(ctx))
        names = {source.name: source.api for source in settings}
        known = Known.of(
            _newest(settings) if "workflow:" in typed or "trigger:" in typed else (), names
        )
        found = complete(typed, len(typed), known).candidates
        whole = ((candidate.put_into(typed)[0], candidate.about) for candidate in found)
        return [CompletionItem(text, help=about) for text, about in whole if text.startswith(typed)]
    return []


def runs_and_filters(ctx: click.Context, typed: str) -> Items:
    """Offer runs, and what a filter can go on with."""
    if ":" in typed or any(mark.isspace() for mark in typed):
        return filters(ctx, typed)
    return [*runs(ctx, typed), *filters(ctx, typed)]


def _choice(ctx: click.Context) -> Choice:
    told = ctx.params
    choice = Choice(
        tuple(told.get("names") or ()),
        told.get("api"),
        told.get("url"),
        told.get("token_env"),
        tuple(told.get("options") or ()),
    )
    return choice.within(_choice(ctx.parent)) if ctx.parent else choice


def _newest(settings: Sequence[SourceSettings]) -> Sequence[Run]:
    return asyncio.run(_read(settings)) if settings else ()


async def _read(settings: Iterable[SourceSettings]) -> Sequence[Run]:
    meant = list(settings)
    sources = list(open_named(meant, [source.name for source in meant]).values())
    async with closing_all(sources):
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                return merged(await read_all(sources, Query(limit=MANY), MANY))
    return ()
