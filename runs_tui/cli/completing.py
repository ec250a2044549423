"""Completion as the commands know it: what is offered is imported when somebody asks."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def offer_runs(ctx: click.Context, _: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
    """Offer runs."""
    from runs_tui.cli.offered import runs

    return runs(ctx, typed)


def offer_filters(
    ctx: click.Context, _: click.Parameter, typed: str
) -> "list[CompletionItem[str]]":
    """Offer what a filter can go on with."""
    from runs_tui.cli.offered import filters

    return filters(ctx, typed)


def offer_both(ctx: click.Context, _: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
    """Offer runs and filters."""
    from runs_tui.cli.offered import runs_and_filters

    return runs_and_filters(ctx, typed)


def offer_sources(_: click.Context, __: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
    """Offer the configured sources."""
    from runs_tui.cli.offered import source_names

    return source_names(typed)


def offer_apis(_: click.Context, __: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
    """Offer the APIs."""
    from runs_tui.cli.offered import apis

    return apis(typed)


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> int:
    """Print what makes a shell complete sources, runs and filters.

    \b
    bash: put   eval "$(runs-tui completion bash)"          into ~/.bashrc
    zsh:  put   eval "$(runs-tui completion zsh)"           into ~/.zshrc, after compinit
    fish: run   runs-tui completion fish > ~/.config/fish/completions/runs-tui.fish
    """
    from runs_tui.cli.program import COMPLETE
    from runs_tui.cli.shells import SHELLS

    root = click.get_current_context().find_root()
    click.echo(SHELLS[shell](root.command, {}, "runs-tui", COMPLETE).source())
    return 0
