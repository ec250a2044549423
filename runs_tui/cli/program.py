"""The frame of every command: one sentence for what goes wrong, and the exit status."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from runs_tui.cli.output import replace_what_does_not_fit, silence

COMPLETE = "_RUNS_TUI_COMPLETE"
"""The variable by which a shell asks what can be typed next."""


class Commands(click.Group):
    """A group of commands that knows which one was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was meant."""
        if args[0] in self.commands or args[0].startswith("-"):
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
        sys.exit(_finish(lambda: run(args, **told)))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run the command that was named; an interrupt ends it in silence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            return 130


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
    except BrokenPipeError:
        raise
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> int:
    from runs_tui.cli.endings import told

    return told(error)
