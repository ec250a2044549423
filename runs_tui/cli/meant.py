"""Which sources and which runs are meant, as it was typed."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import click

from runs_tui.adapters.own import knows_own
from runs_tui.cli.options import Choice
from runs_tui.config import Config, ConfigError, Problem, SourceSettings, load, open_source
from runs_tui.config.opening import connection_of, source_kind
from runs_tui.config.words import wrong_api, wrong_url, wrong_variable
from runs_tui.model.errors import SourceError
from runs_tui.model.run import RunKey
from runs_tui.model.text import one_line
from runs_tui.model.words import did_you_mean, nearest

if TYPE_CHECKING:
    from runs_tui.adapters.base import Source

_CLOSING = 2.0


def checked_config() -> Config:
    """Read the configuration; raise ConfigError if anything is wrong with it."""
    config = load()
    if config.problems:
        raise ConfigError(config.problems)
    return config


def sources_meant(choice: Choice) -> tuple[SourceSettings, ...]:
    """Give the settings of the sources that are meant, at least one."""
    if choice.ad_hoc:
        return (ad_hoc(choice),)
    config = checked_config()
    if not config.sources:
        raise click.UsageError(
            f"no source is configured in {config.path}: name one with --api and --url, "
            "or look at the demo with runs-tui demo"
        )
    return narrowed(config.sources, choice.names)


def narrowed(sources: Sequence[SourceSettings], names: Iterable[str]) -> tuple[SourceSettings, ...]:
    """Give the sources of these names, or all where none is named."""
    wanted = list(dict.fromkeys(names))
    known = {source.name: source for source in sources}
    for name in wanted:
        if name not in known:
            raise click.UsageError(f"there is no source {name!r}: {did_you_mean(name, known)}")
    return tuple(known[name] for name in wanted) if wanted else tuple(sources)


def ad_hoc(choice: Choice) -> SourceSettings:
    """Give the settings of the source that the command line describes, named after its API."""
    if choice.names:
        raise click.UsageError("--source chooses a configured source: it does not go with --api")
    if choice.api is None:
        raise click.UsageError("--url, --token-env and --option go with --api")
    if choice.url is None and not knows_own(choice.api):
        raise click.UsageError("--api needs --url")
    complaints = {
        "--api": wrong_api(choice.api),
        "--url": None if choice.url is None else wrong_url(choice.url),
        "--token-env": (None if choice.token_env is None else wrong_variable(choice.token_env)),
    }
    for name, complaint in complaints.items():
        if complaint:
            raise click.UsageError(f"{name}: {complaint}")
    return SourceSettings(
        name=choice.api,
        api=choice.api,
        url=choice.url or "",
        token_env=choice.token_env,
        options=_options(choice.options),
    )


def _options(told: Iterable[str]) -> dict[str, str]:
    options = {}
    for option in told:
        key, equal, value = option.partition("=")
        if not key or not equal:
            raise click.UsageError(f"--option {key!r}: write it as KEY=VALUE")
        options[key] = value
    return options


def runs_meant(texts: Iterable[str], sources: Sequence[SourceSettings]) -> list[RunKey]:
    """Give the runs that are meant, each once, in the order typed."""
    return list(dict.fromkeys(_run_meant(text.strip(), sources) for text in texts))


def _run_meant(text: str, sources: Sequence[SourceSettings]) -> RunKey:
    if "://" in text:
        return _shown_at(text, sources)
    names = [source.name for source in sources]
    name, slash, run_id = text.partition("/")
    if slash and name in names:
        key = RunKey(name, run_id)
    elif slash and (len(names) > 1 or nearest(name, names)):
        raise click.UsageError(f"there is no source {name!r}: {did_you_mean(name, names)}")
    elif len(names) > 1:
        raise click.UsageError(f"say which source {text!r} is of: {', '.join(names)}")
    elif slash and _leaves_out(sources, name):
        raise click.UsageError(f"{text!r} is of {name}, which --source leaves out")
    else:
        key = RunKey(names[0], text)
    if not key.id:
        raise click.UsageError(f"the id of a run is missing in {text!r}")
    if not key.id.isprintable():
        raise click.UsageError(f"the id of a run has no control characters: {text!r}")
    return key


def _leaves_out(sources: Sequence[SourceSettings], name: str) -> bool:
    """Tell whether these are chosen from a configuration that has a source of this name, too."""
    configured = load().sources
    return sources[0] in configured and name in {source.name for source in configured}


def _shown_at(address: str, sources: Sequence[SourceSettings]) -> RunKey:
    for settings in sources:
        with suppress(SourceError):
            source = source_kind(settings)(connection_of(settings))
            run_id = source.run_id_of(address)
            if run_id:
                return RunKey(settings.name, run_id)
    plain = one_line(address.partition("?")[0], 100)
    names = ", ".join(source.name for source in sources)
    raise click.UsageError(f"{plain} is not the address of a run of {names}")


def open_all(settings: Sequence[SourceSettings]) -> "list[Source]":
    """Open sources to ask but once; raise ConfigError that names all that is wrong with them."""
    problems: list[Problem] = []
    for source in settings:
        try:
            source_kind(source)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    if sum(bool(source.token_command) for source in settings) < 2:
        opened = [open_source(source) for source in settings]
    else:
        with ThreadPoolExecutor() as pool:
            opened = list(pool.map(open_source, settings))
    for each in opened:
        each.thorough = True
    return opened


def open_named(settings: Sequence[SourceSettings], names: Iterable[str]) -> "dict[str, Source]":
    """Open the sources of these names only."""
    wanted = set(names)
    opened = open_all([source for source in settings if source.name in wanted])
    return {source.name: source for source in opened}


@asynccontextmanager
async def closing_all(sources: "Iterable[Source]") -> AsyncIterator[None]:
    """Close sources in the end, without waiting long for any."""
    try:
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await asyncio.gather(
                    *(source.close() for source in sources), return_exceptions=True
                )
