"""How long a person waits for rows of a real Airflow, beside flowrs on the same server.

Run as `python -m tests.bench.against_flowrs PROGRAM`, where PROGRAM is that of the package flowrs.
It is no part of the other benchmarks, for it starts a real Airflow and needs a foreign program.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import click

from tests.bench.first import STATES
from tests.bench.terminal import Terminal
from tests.engines.airflow_server import ARCHIVE, airflow_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNS = 500
ROUNDS = 9
OURS = "runs-tui: first rows of runs, of all Dags"
DAGS = "flowrs: first rows of Dags"
THEIRS = "flowrs: first rows of runs, of one Dag (j and enter as soon as Dags are shown)"
_NEWEST = f"{ARCHIVE}-{RUNS - 1}|manual__"


class Program(Terminal):
    """Any program in a pseudo-terminal."""

    def __init__(self, command: list[str], variables: Mapping[str, str]) -> None:
        """Take what is run, and with which variables besides the usual ones."""
        super().__init__(command[0])
        self._command = command
        self._environment = {**self._environment, **variables}

    def seconds_until(self, *texts: str) -> float:
        """Give the seconds from the start until some texts stand on the screen."""
        return self.wait_for(*texts) - self.started


def ours(url: str, token: str) -> dict[str, float]:
    """Measure this program once."""
    options = ["--api", "airflow", "--url", url, "--token-env", "TOKEN"]
    with Program([sys.executable, "-m", "runs_tui", *options], {"TOKEN": token}) as program:
        return {OURS: program.seconds_until(STATES)}


def theirs(flowrs: Path, home: Path) -> dict[str, float]:
    """Measure flowrs once."""
    with Program([str(flowrs), "run"], {"HOME": str(home)}) as program:
        dags = program.seconds_until(rf"{ARCHIVE}.*400")
        program.press("j\r")
        return {DAGS: dags, THEIRS: program.seconds_until(_NEWEST)}


def configured(home: Path, url: str, token: str) -> None:
    """Write the configuration of flowrs."""
    file = home / ".config" / "flowrs" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f'active_server = "local"\ntheme = "dark"\nmanaged_services = []\n\n[[servers]]\n'
        f'name = "local"\nendpoint = "{url}"\nversion = "V3"\ntimeout_secs = 30\n\n'
        f'[servers.auth.Token]\ntoken = "{token}"\n'
    )


@click.command()
@click.argument("program", type=click.Path(exists=True, path_type=Path))
def main(program: Path) -> None:
    """Start an Airflow with runs, and measure both in turn."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, airflow_engine(RUNS) as engine:
        token = engine.api.client.headers["Authorization"].removeprefix("Bearer ")
        configured(Path(folder), engine.url, token)
        for number in range(ROUNDS + 1):
            told = {**ours(engine.url, token), **theirs(program.resolve(), Path(folder))}
            if number:
                for what, seconds in told.items():
                    found.setdefault(what, []).append(seconds)
    for what, times in found.items():
        told_times = f"{min(times):.2f} to {max(times):.2f}"
        click.echo(f"{median(times):.2f} s  ({told_times})  {what}")


if __name__ == "__main__":
    main()
