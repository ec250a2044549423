"""The commands with their options; what they do is imported when one of them runs."""

import click

from runs_tui.cli.completing import completion_command, offer_both, offer_filters, offer_runs
from runs_tui.cli.config_commands import config_group
from runs_tui.cli.options import Choice, Positive, Word, accessible, source_options
from runs_tui.cli.program import Program

_EPILOG = """
\b
RUN is source/id, a bare id where one source is meant, or the web address of
a run. FILTER is one argument: 'state:failed,running workflow:~etl created:>2h'.

\b
Environment:
  RUNS_TUI_CONFIG  another configuration file
  RUNS_TUI_STATE   another file for what is remembered between two starts
  RUNS_TUI_DEBUG   1: show the details of an unexpected error
  NO_COLOR         no colours
  ACCESSIBLE       1: line by line, as --plain

\b
Exit status:
  0 done   1 refused   2 command line or configuration is wrong   4 not found
  5 not allowed   6 not reachable   7 this API cannot do that   130 interrupted
  watch: 1 a run failed   3 cancelled   8 time ran out
"""

ASCII, PLAIN = "runs_tui.ascii", "runs_tui.plain"
"""What the context of a command knows `--ascii` and `--plain` by."""

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_run = click.argument("run", metavar="RUN", shell_complete=offer_runs)
_runs = click.argument("runs", metavar="RUN...", nargs=-1, required=True, shell_complete=offer_runs)
_ascii = click.option("--ascii", "in_ascii", is_flag=True, help="Draw everything in ASCII.")
_plain = click.option(
    "--plain", is_flag=True, help="Line by line, for screen readers and dumb terminals."
)
_yes = click.option("--yes", is_flag=True, help="Do not ask first.")


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"runs-tui {version('runs-tui')}")
        ctx.exit()


@click.group(cls=Program, invoke_without_command=True, epilog=_EPILOG)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the version.",
)
@_ascii
@source_options
@_plain
@click.pass_context
def program(ctx: click.Context, choice: Choice, in_ascii: bool, plain: bool) -> int:
    """One terminal for every run API: without a command, the dashboard."""
    ctx.obj = choice
    ctx.meta[ASCII] = in_ascii
    ctx.meta[PLAIN] = plain or accessible()
    if in_ascii and ctx.invoked_subcommand not in {None, "demo"}:
        raise click.UsageError("--ascii is for the dashboard and the demo")
    if plain and ctx.invoked_subcommand not in {None, "demo"}:
        raise click.UsageError(
            "--plain is for the dashboard and the demo; ACCESSIBLE=1 makes watch write lines"
        )
    if ctx.invoked_subcommand is not None:
        return 0
    if ctx.meta[PLAIN]:
        from runs_tui.cli.plain.opening import talk_over

        return talk_over(choice, in_ascii=in_ascii)
    from runs_tui.cli.dashboard import dashboard

    return dashboard(choice, in_ascii=in_ascii)


@program.command("list")
@click.argument("filters", metavar="[FILTER]", nargs=-1, shell_complete=offer_filters)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="How many runs at most; a source is left after 50 pages without a match.",
)
@_json
@source_options
def list_command(choice: Choice, filters: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Print runs, newest first.

    \b
    Examples:
      runs-tui list
      runs-tui list 'state:failed created:>1d' --limit 20
      runs-tui list 'workflow:~etl duration:>10m' --json | jq -r .runs[].id
      runs-tui list -- -state:succeeded
    """
    from runs_tui.cli.listing import list_runs

    if len(filters) > 1:
        raise click.UsageError("the filter is one argument: put it in quotes")
    return list_runs(choice, "".join(filters), limit, "json" if as_json else "text")


@program.command("show")
@_run
@_json
@source_options
def show_command(choice: Choice, run: str, as_json: bool) -> int:
    """Print one run with its steps.

    \b
    Examples:
      runs-tui show prod/1234
      runs-tui show https://prefect.example.org/runs/flow-run/1234
      runs-tui show prod/1234 --json | jq .run.error
    """
    from runs_tui.cli.showing import show_run

    return show_run(choice, run, "json" if as_json else "text")


@program.command("tail")
@_run
@click.option("--no-follow", is_flag=True, help="End where the events end now.")
@_json
@source_options
def tail_command(choice: Choice, run: str, no_follow: bool, as_json: bool) -> int:
    """Print the events of a run, and follow them.

    \b
    Examples:
      runs-tui tail prod/1234
      runs-tui tail prod/1234 --no-follow | grep -i error
    """
    from runs_tui.cli.tailing import tail_run

    return tail_run(choice, run, "once" if no_follow else "follow", "json" if as_json else "text")


@program.command("watch")
@click.argument(
    "wanted", metavar="RUN|FILTER...", nargs=-1, required=True, shell_complete=offer_both
)
@click.option("--any", "any_ended", is_flag=True, help="End as soon as one run has ended.")
@click.option("--fail-fast", is_flag=True, help="End as soon as one run has failed.")
@click.option("--wait-for-start", is_flag=True, help="Wait for runs that are not there yet.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=Positive(),
    help="End after so long in any case, with status 8.",
)
@_json
@source_options
def watch_command(
    choice: Choice,
    wanted: tuple[str, ...],
    any_ended: bool,
    fail_fast: bool,
    wait_for_start: bool,
    timeout: float | None,
    as_json: bool,
) -> int:
    """Follow runs until all have ended; the exit status tells how.

    A filter means its runs that go on when watching begins.

    \b
    Exit status:
      0 every run succeeded   1 a run failed   3 one was cancelled or skipped
      4 not found   5 not allowed   6 not reachable   8 time ran out

    \b
    Examples:
      runs-tui watch prod/1234 && deploy
      runs-tui watch 'workflow:etl-nightly' --wait-for-start --timeout 3600
      runs-tui watch 'state:running source:prod' --fail-fast
    """
    from runs_tui.cli.watch_ledger import Until
    from runs_tui.cli.watching import Wishes, watch_runs

    wishes = Wishes(Until(any=any_ended, failed=fail_fast), wait_for_start, timeout)
    return watch_runs(choice, wanted, wishes, "json" if as_json else "text")


@program.command("cancel")
@_runs
@_yes
@_json
@source_options
def cancel_command(choice: Choice, runs: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Stop runs; on a terminal it asks first.

    \b
    Examples:
      runs-tui cancel prod/1234
      runs-tui cancel prod/1234 prod/1235 --yes
    """
    from runs_tui.cli.changing import change_runs
    from runs_tui.cli.wishes import Wish

    return change_runs(
        choice, runs, Wish("cancel"), "yes" if yes else "ask", "json" if as_json else "text"
    )


@program.command("retry")
@_runs
@click.option(
    "--mode",
    type=Word(["full", "failed", "step"]),
    help="From where: failed where the API can, else full.",
)
@click.option("--step", metavar="KEY", help="The key of the step to retry from.")
@_yes
@_json
@source_options
def retry_command(
    choice: Choice,
    runs: tuple[str, ...],
    mode: str | None,
    step: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Run runs again; on a terminal it asks first.

    \b
    Examples:
      runs-tui retry prod/1234
      runs-tui retry prod/1234 --mode failed --yes
      runs-tui retry prod/1234 --step load
    """
    from runs_tui.cli.changing import change_runs, retry_wish

    return change_runs(
        choice, runs, retry_wish(mode, step), "yes" if yes else "ask", "json" if as_json else "text"
    )


@program.command("sources")
@_json
@source_options
def sources_command(choice: Choice, as_json: bool) -> int:
    """Tell which sources are reachable, and more.

    \b
    Examples:
      runs-tui sources
      runs-tui sources --api prefect --url http://localhost:4200/api
    """
    from runs_tui.cli.probing import probe_sources

    return probe_sources(choice, "json" if as_json else "text")


@program.command("demo")
@click.option("--serve", is_flag=True, help="Only serve, and print the base URLs.")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=0, help="The port.")
@click.option("--seed", metavar="N", type=int, default=7, help="Another seed, another world.")
@click.option(
    "--runs", metavar="N", type=click.IntRange(min=0), default=5000, help="The size of the history."
)
@click.option(
    "--speed",
    metavar="X",
    type=Positive(),
    default=1.0,
    help="Time runs X times faster.",
)
@_ascii
@_plain
@click.pass_context
def demo_command(
    ctx: click.Context,
    serve: bool,
    port: int,
    seed: int,
    runs: int,
    speed: float,
    in_ascii: bool,
    plain: bool,
) -> int:
    """Open the dashboard over a made-up world.

    \b
    Examples:
      runs-tui demo
      runs-tui demo --plain
      runs-tui demo --serve --port 8900 --speed 10
    """
    from runs_tui.cli.dashboard import World, demo, serve_demo

    if ctx.obj:
        raise click.UsageError("the demo brings its own sources: leave the source options out")
    world = World(port=port, seed=seed, runs=runs, speed=speed)
    in_ascii = in_ascii or ctx.meta[ASCII]
    if serve:
        return serve_demo(world)
    if plain or ctx.meta[PLAIN]:
        from runs_tui.cli.plain.opening import talk_over_demo

        return talk_over_demo(world, in_ascii=in_ascii)
    return demo(world, in_ascii=in_ascii)


program.add_command(completion_command)
program.add_command(config_group)
