"""The command line that prints a run, whether its source is configured or not."""

from runs_tui.adapters.base import Source
from runs_tui.model.purpose import Purpose
from runs_tui.model.run import Run


def command_of(source: Source, run: Run) -> str:
    """Write the command that prints a run, as a shell reads it."""
    return Purpose("show", run.id).command(source.name, description_of(source)) or ""


def description_of(source: Source) -> list[str]:
    """Give the options that describe a source to a command; none for one that is configured."""
    connection = source.connection
    if connection.configured:
        return []
    words = ["--api", source.api, "--url", connection.url]
    if connection.credential.origin:
        words += ["--token-env", connection.credential.origin]
    for name, value in connection.options.items():
        words += ["--option", f"{name}={value}"]
    return words
