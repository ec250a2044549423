"""The commands on the configuration itself."""

import click

from runs_tui.cli.options import Choice, source_options
from runs_tui.cli.program import Commands

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _example(*lines: str) -> str:
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])


@click.group("config", cls=Commands, invoke_without_command=True)
@click.pass_context
def config_group(ctx: click.Context) -> None:
    """Look at the configuration, and check it."""
    if ctx.invoked_subcommand is None:
        raise click.UsageError("say what: runs-tui config path, show, validate or schema")
    if ctx.obj and ctx.invoked_subcommand != "show":
        raise click.UsageError("only config show takes source options: leave them out")


@config_group.command("path", epilog=_example('"$EDITOR" "$(runs-tui config path)"'))
@_json
def path_command(as_json: bool) -> int:
    """Print which file is read."""
    from runs_tui.cli.config_file import tell_path

    return tell_path("json" if as_json else "text")


@config_group.command("show", epilog=_example("runs-tui config show --source prod"))
@_json
@source_options
def show_command(choice: Choice, as_json: bool) -> int:
    """Print every value in force and where it comes from.

    A credential is never shown, only where it comes from and whether it can be had.
    """
    from runs_tui.cli.config_values import show_values

    return show_values(choice, "json" if as_json else "text")


@config_group.command(
    "validate",
    epilog=_example("runs-tui config validate && runs-tui", "runs-tui config validate team.toml"),
)
@click.argument("file", metavar="[FILE]", required=False)
@_json
def validate_command(file: str | None, as_json: bool) -> int:
    """Print every problem of the configuration, or of a FILE, with its line.

    The exit status is 2 where there is one.
    """
    from runs_tui.cli.config_file import validate

    return validate(file, "json" if as_json else "text")


@config_group.command("schema", epilog=_example("runs-tui config schema > runs-tui.schema.json"))
@click.option("--json", is_flag=True, expose_value=False, help="Print JSON, as it does anyway.")
def schema_command() -> int:
    """Print a JSON Schema of the configuration, for editors.

    Editors that use taplo, such as Even Better TOML, read it where the file begins with
    the line '#:schema ./runs-tui.schema.json'.
    """
    from runs_tui.cli.config_file import print_schema

    return print_schema()
