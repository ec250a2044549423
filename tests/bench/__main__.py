"""Runs the benchmarks and prints one table: `python -m tests.bench`."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from tests.bench import board, burst, decode, first, idle, log, many, plan, telling, wire
from tests.bench.judging import Benchmark, judged
from tests.bench.table import Finding, Trouble, table

BENCHMARKS: Mapping[str, Benchmark] = {
    "help": telling.help_told,
    "paint": first.paint,
    "rows": first.rows,
    "keys": many.keys,
    "typing": many.typing,
    "memory": many.memory,
    "decode": decode.decode,
    "bytes": wire.sizes,
    "idle": idle.idle,
    "sizes": wire.other_sizes,
    "frames": wire.frames,
    "board": board.board,
    "burst": burst.burst,
    "plan": plan.plan,
    "log": log.log,
}
"""Every benchmark by its name; each takes a number of rounds."""
ROUNDS, QUICK = 5, 1
"""How often each thing is measured, and how often in a hurry."""
MARGIN = 1.5
"""How many times a budget of time or memory may be had in a hurry, on a machine that is busy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen benchmarks, and give the exit status."""
    chosen = _parser().parse_args(arguments)
    findings: list[Finding] = []
    troubles: list[Trouble] = []
    usual, margin = (QUICK, MARGIN) if chosen.quick else (ROUNDS, 1)
    with _compiled():
        for name in chosen.names or BENCHMARKS:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            try:
                findings += judged(BENCHMARKS[name], chosen.rounds or usual, margin)
            except Exception as error:
                troubles.append(Trouble(name, f"{type(error).__name__}: {error}"))
    if chosen.json:
        told = [{"benchmark": trouble.group, "why": trouble.why} for trouble in troubles]
        document = {"findings": [finding.document for finding in findings], "not_measured": told}
        print(json.dumps(document, indent=2))
    else:
        print(table(findings))
        for trouble in troubles:
            print(f"not measured: {trouble.group}: {trouble.why}")
    if troubles:
        return 2
    return 1 if any(finding.over for finding in findings) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measures the program beside a yardstick. The exit status is 0, 1 past a "
        "budget, 2 where something could not be measured.",
    )
    names = ", ".join(BENCHMARKS)
    parser.add_argument(
        "names", nargs="*", type=_name, metavar="NAME", help=f"some of {names}; all when left out"
    )
    parser.add_argument(
        "--rounds", type=_rounds, help=f"how often each is measured; {ROUNDS}, quick {QUICK}"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"few rounds, for a busy machine: only what is past {MARGIN:g} times a budget of time "
        "or memory counts, for bytes the budget itself",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _name(text: str) -> str:
    if text not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(BENCHMARKS)}")
    return text


def _rounds(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one round is needed")
    return number


@contextmanager
def _compiled() -> Iterator[None]:
    """Let the programs that are started find compiled modules, as installed ones do."""
    with TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield


if __name__ == "__main__":
    sys.exit(main())
