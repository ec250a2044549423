"""How long the command line takes to tell of itself, and to complete a word."""

import os
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

from tests.bench.rounds import Measure, in_turn
from tests.bench.starting import PATIENCE, ROOT, NotMeasuredError
from tests.bench.table import Finding

PARSER = ("-c", "import click")
AGAINST = "Python and click"


def help_told(rounds: int) -> Iterator[Finding]:
    """Measure whole processes, from start to end."""
    typed = {"_RUNS_TUI_COMPLETE": "bash_complete", "COMP_WORDS": "runs-tui li", "COMP_CWORD": "1"}
    for what, measured in (
        ("--help", _ended("-m", "runs_tui", "--help")),
        ("list --help", _ended("-m", "runs_tui", "list", "--help")),
        ("completing a command", _ended("-m", "runs_tui", **typed)),
    ):
        pair = in_turn(measured, _ended(*PARSER), rounds * 2)
        yield Finding(
            group="help",
            what=what,
            unit="ms",
            measured=pair.measured,
            yardstick=pair.yardstick,
            told_ratio=pair.ratio,
            against=AGAINST,
            budget=5,
            of_ratio=True,
        )


def _ended(*arguments: str, **more: str) -> Measure:
    def measure() -> float:
        start = perf_counter()
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **more},
            stdout=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
        if ended.returncode:
            raise NotMeasuredError(f"{' '.join(arguments)} ended with {ended.returncode}")
        return (perf_counter() - start) * 1000

    return measure
