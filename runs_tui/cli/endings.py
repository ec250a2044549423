"""What is said when a command cannot be done, and the exit status then."""

import os
from collections.abc import Sequence

import click

from runs_tui.cli.output import complain, say
from runs_tui.cli.status import Failure, Status, status_of
from runs_tui.config import ConfigError
from runs_tui.model.errors import SourceError
from runs_tui.model.redaction import SECRETS
from runs_tui.model.text import clean_log
from runs_tui.model.words import did_you_mean, nearest

KNOWN = (click.ClickException, ConfigError, Failure, SourceError)
"""What can go wrong without an error inside the program."""
DEBUG_VARIABLE = "RUNS_TUI_DEBUG"
"""The variable that asks for the details of an unexpected error."""


def told(error: Exception) -> int:
    """Say what went wrong, a sentence for each thing, and give the exit status."""
    if not isinstance(error, KNOWN):
        return _unexpected(error)
    status, sentences = sentences_of(error)
    _said(status, *sentences)
    context = getattr(error, "ctx", None)
    if context is not None:
        say(f"See: {context.command_path} --help")
    return status


def sentences_of(error: Exception) -> tuple[int, Sequence[str]]:
    """Give the exit status of what went wrong, and a sentence for each thing; of `KNOWN` only."""
    match error:
        case click.ClickException():
            return error.exit_code, [_sentence(error)]
        case ConfigError():
            return Status.USAGE, [str(problem) for problem in error.problems]
        case Failure():
            return error.status, error.sentences
        case SourceError():
            return status_of(error), [error.sentence]
        case _:
            raise error


def _said(status: int, *sentences: str) -> int:
    for sentence in sentences:
        complain(sentence)
    return status


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


def _unexpected(error: Exception) -> int:
    from runs_tui.model.own_log import PROGRAM

    PROGRAM.error("an error inside the program", exc_info=error)
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        say(SECRETS.of("".join(traceback.format_exception(error)).rstrip()))
    what = type(error).__name__
    return _said(
        Status.BROKEN,
        f"an error inside the program: {what}; {DEBUG_VARIABLE}=1 shows the details",
    )
