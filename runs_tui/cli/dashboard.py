"""The dashboard over the configured sources, and the demo."""

import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from runs_tui.cli.endings import DEBUG_VARIABLE
from runs_tui.cli.meant import ad_hoc, narrowed
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output
from runs_tui.cli.status import Failure, Status
from runs_tui.config import Config, ConfigError, SourceSettings, load, open_source
from runs_tui.model.errors import Unconfigured

if TYPE_CHECKING:
    from runs_tui.adapters.base import Source
    from runs_tui.adapters.unopened import Unopened
    from runs_tui.demo.server import DemoServer


@dataclass(frozen=True, slots=True)
class World:
    """Which made-up world is served, and where."""

    port: int = 0
    """The port; 0 for any that is free."""
    seed: int = 7
    """What it is made from."""
    runs: int = 5000
    """How many past runs it has."""
    speed: float = 1.0
    """How many times faster its time runs."""


def dashboard(choice: Choice, *, in_ascii: bool = False) -> int:
    """Open the dashboard, and give the exit status."""
    if choice.ad_hoc:
        settings: Sequence[SourceSettings] = (ad_hoc(choice),)
        _need_terminal()
        return _show(_unopened(settings), in_ascii=in_ascii)
    config = load()
    if config.problems and not config.sources:
        raise ConfigError(config.problems)
    settings = narrowed(config.sources, choice.names)
    _need_terminal()
    if not settings:
        told = f"no source is configured in {config.path}: this is the demo"
        return demo(World(), told, config, in_ascii=in_ascii)
    return _show(_unopened(settings, config), config=config, in_ascii=in_ascii)


def demo(
    world: World, notice: str | None = None, config: Config | None = None, *, in_ascii: bool = False
) -> int:
    """Open the dashboard over an embedded server, and give the exit status."""
    _need_terminal()
    with demo_settings(world) as settings:
        sources = _unopened(settings, thorough=True)  # our own server: no request is spared
        return _show(sources, demo=True, notice=notice, config=config or load(), in_ascii=in_ascii)


@contextmanager
def demo_settings(world: World) -> Iterator[Sequence[SourceSettings]]:
    """Serve the made-up world, and give what opens a source for each of its APIs."""
    server = _server(world)
    with _told_plainly():
        server.start()
    try:
        urls = server.urls.items()
        yield [SourceSettings(name=api, api=api, url=url) for api, url in urls]
    finally:
        server.stop()


def serve_demo(world: World) -> int:
    """Serve the made-up world until interrupted."""
    output = Output()

    def tell(urls: Mapping[str, str]) -> None:
        output.lines([f"{api}  {url}" for api, url in urls.items()])

    with _told_plainly():
        _server(world).serve_forever(on_ready=tell)
    return Status.INTERRUPTED


def _server(world: World) -> "DemoServer":
    from runs_tui.demo.server import DemoServer

    return DemoServer(port=world.port, seed=world.seed, runs=world.runs, speed=world.speed)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failure(Status.USAGE, f"the demo {error.strerror}") from None


def _need_terminal() -> None:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise click.UsageError(
            "the dashboard needs a terminal: without one, use runs-tui --plain "
            "or a command such as runs-tui list"
        )
    if sys.stderr is None or not sys.stderr.isatty():
        raise click.UsageError(
            "the dashboard is drawn on standard error: leave that to the terminal; "
            "--log FILE writes what is done"
        )
    kind = os.environ.get("TERM", "")
    if kind in {"", "dumb", "unknown"} and os.name == "posix":
        told = f"is {kind}" if kind else "is not set"
        raise Failure(
            Status.USAGE,
            f"the dashboard cannot draw on this terminal (TERM {told}): use runs-tui --plain",
        )


def _unopened(
    settings: Sequence[SourceSettings], config: Config | None = None, *, thorough: bool = False
) -> "Unopened":
    from runs_tui.adapters.unopened import Opened, Unopened

    def all_opened() -> Opened:
        sources = [opened(source) for source in settings]
        for source in sources:
            source.thorough = thorough or source.thorough
        return Opened(sources, _notice(_checked(config)) if config else None)

    names = {source.name: source.color for source in settings}
    if any(source.token_command for source in settings):
        told = all_opened()  # a command may ask for a password on the terminal, while that is free
        return Unopened(names, lambda: told)
    return Unopened(names, all_opened)


def opened(settings: SourceSettings) -> "Source":
    """Open a source; one whose options are wrong says so at every request."""
    try:
        return open_source(settings)
    except ConfigError as error:
        from runs_tui.config.opening import unusable

        return unusable(settings, Unconfigured(error.problems[0].message))


def _checked(config: Config) -> Config:
    from runs_tui.app import known
    from runs_tui.config.checking import checked
    from runs_tui.config.known import NOTHING

    named = config.keys or config.theme is not None
    return checked(config, known() if named else NOTHING)


def _notice(config: Config) -> str | None:
    if not config.problems:
        return None
    more = len(config.problems) - 1
    return f"{config.problems[0]}" + (f" (and {more} more)" if more else "")


def _show(
    sources: "Unopened",
    *,
    demo: bool = False,
    config: Config | None = None,
    notice: str | None = None,
    in_ascii: bool = False,
) -> int:
    gc.disable()  # until the dashboard stands: modules are no garbage
    from rich.console import Console

    from runs_tui.app import RunsApp
    from runs_tui.cli.output import holds
    from runs_tui.looks import ASCII
    from runs_tui.terminal.choice import reports_mouse

    in_ascii = in_ascii or not holds("".join(ASCII))
    app = RunsApp(sources, demo=demo, config=config, notice=notice, in_ascii=in_ascii)
    if not os.environ.get(DEBUG_VARIABLE):
        app.error_console = Console(quiet=True)
    app.run(mouse=reports_mouse(config.mouse if config else None))
    if app.return_code == app.INTERRUPTED:
        return Status.INTERRUPTED
    if app.return_code:
        what = "the dashboard was ended by an error inside the program"
        raise Failure(Status.BROKEN, f"{what}; {DEBUG_VARIABLE}=1 shows the details")
    return Status.DONE
