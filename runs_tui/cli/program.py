"""The frame of every command: one sentence for what goes wrong, and the exit status."""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from runs_tui.cli.output import replace_what_does_not_fit, silence

COMPLETE = "_RUNS_TUI_COMPLETE"
"""The variable by which a shell asks what can be typed next."""
LOG = "runs_tui.log"
"""What the context of a command knows the log file by."""


def _log_option() -> click.Option:
    return click.Option(
        ["--log"],
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_begin_log,
        help="Write what is done into a file, without secrets.",
    )


def _begin_log(ctx: click.Context, _: click.Parameter, path: str | None) -> None:
    if path is None or ctx.resilient_parsing:
        return
    from runs_tui.cli import log_file

    log_file.begin(path)
    if ctx.parent is not None:
        log_file.begin_command(ctx.command_path)
    ctx.meta[LOG] = path


class Commands(click.Group):
    """A group of commands that knows which one was meant; each of them takes `--log`."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401
        """Begin without commands."""
        super().__init__(*args, **more)
        self.params.append(_log_option())

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Take a command in."""
        super().add_command(cmd, name)
        if not isinstance(cmd, Commands):
            cmd.params.append(_log_option())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was meant."""
        if args[0] in self.commands or args[0].startswith("-"):
            _tell_command(ctx, args[0])
            return super().resolve_command(ctx, args)
        from runs_tui.model.words import did_you_mean

        hint = did_you_mean(args[0], self.list_commands(ctx))
        raise click.UsageError(f"there is no command {args[0]!r}: {hint}", ctx)


class Program(Commands):
    """The group of all commands."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> Any:  # noqa: ANN401
        """Run a command line and leave with its exit status."""
        replace_what_does_not_fit()
        if COMPLETE in os.environ:
            from runs_tui.cli.shells import register

            register()
        run = super().main
        told = extra | {"prog_name": "runs-tui", "standalone_mode": False}
        status = _finish(lambda: run(args, **told))
        _end_log(status)
        sys.exit(status)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run the command that was named; an interrupt ends it in silence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            return 130


def _tell_command(ctx: click.Context, name: str) -> None:
    if LOG in ctx.meta:
        from runs_tui.cli import log_file

        log_file.begin_command(f"{ctx.command_path} {name}")


def _end_log(status: int) -> None:
    if "runs_tui.cli.log_file" in sys.modules:
        from runs_tui.cli import log_file
        from runs_tui.cli.output import complain

        if not log_file.end(status):
            complain("the file of --log could not be written to its end")


def _finish(work: Callable[[], Any]) -> int:
    try:
        status = _status(work)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
        return 0
    except OSError as error:
        from runs_tui.cli.output import unwritable

        silence(sys.stdout)
        return _told(unwritable(error))
    return status


def _status(work: Callable[[], Any]) -> int:
    try:
        return int(work() or 0)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SystemExit:  # so click ends where the reader of its help is gone
        raise BrokenPipeError from None
    except OSError as error:
        if error.filename is None and error.errno in {errno.EPIPE, errno.ENOSPC, errno.EIO}:
            raise
        return _told(error)
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> int:
    from runs_tui.cli.endings import told

    return told(error)
