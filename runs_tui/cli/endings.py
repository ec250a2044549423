"""What is said when a command cannot be done, and the exit status then."""

import os

import click

from runs_tui.cli.output import complain, say
from runs_tui.cli.status import Failure, Status, status_of
from runs_tui.config import ConfigError
from runs_tui.model.errors import SourceError
from runs_tui.model.redaction import SECRETS
from runs_tui.model.text import clean_log
from runs_tui.model.words import did_you_mean, nearest

DEBUG_VARIABLE = "RUNS_TUI_DEBUG"
"""The variable that asks for the details of an unexpected error."""


def told(error: Exception) -> int:
    """Say what went wrong, a sentence for each thing, and give the exit status."""
    match error:
        case click.ClickException():
            return _usage(error)
        case ConfigError():
            return _said(Status.USAGE, *map(str, error.problems))
        case Failure():
            return _said(error.status, *error.sentences)
        case SourceError():
            return _said(status_of(error), error.sentence)
        case _:
            return _unexpected(error)


def _said(status: Status, *sentences: str) -> Status:
    for sentence in sentences:
        complain(sentence)
    return status


def _usage(error: click.ClickException) -> int:
    complain(_sentence(error))
    context = getattr(error, "ctx", None)
    if context is not None:
        say(f"See: {context.command_path} --help")
    return error.exit_code


def _sentence(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return _no_such_option(error)
    sentence = clean_log(error.format_message()).strip().removesuffix(".")
    return sentence[:1].lower() + sentence[1:]


def _no_such_option(error: click.NoSuchOption) -> str:
    sentence = f"there is no option {error.option_name!r}"
    params = error.ctx.command.get_params(error.ctx) if error.ctx else []
    known = [name for param in params for name in param.opts if name.startswith("--")]
    if not error.option_name.startswith("--"):
        return f"{sentence}; -- goes before an argument that begins with -"
    if nearest(error.option_name, known):
        return f"{sentence}: {did_you_mean(error.option_name, known)}"
    return f"{sentence}; there are: {', '.join(known)}"


def _unexpected(error: Exception) -> Status:
    import logging

    logging.getLogger("runs_tui").error("an error inside the program", exc_info=error)
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        say(SECRETS.of("".join(traceback.format_exception(error)).rstrip()))
    what = type(error).__name__
    return _said(
        Status.BROKEN,
        f"an error inside the program: {what}; {DEBUG_VARIABLE}=1 shows the details",
    )
