"""How long a person waits for the first screen, and for the first rows on it."""

from collections.abc import Iterator

from tests.bench.child_silent import NAME
from tests.bench.rounds import Measure, in_turn
from tests.bench.serving import demo_server, silent_server
from tests.bench.table import Finding
from tests.bench.terminal import Terminal

API = "automation_runs"
RUNS = 5000
SOURCES, MANY_RUNS = 10, 10_000
PAGE = 100
"""How many rows the bare application is filled with: as many as the dashboard first asks for."""
FOOTER = r"/ filter"
EMPTY = r"STATE +WORKFLOW|Reading the runs"
STATES = r"[✓✗●○◇■–?*x] (succeeded|failed|running|queued|waiting|cancelled|skipped)"


def paint(rounds: int) -> Iterator[Finding]:
    """Measure the first paint, in a program made of the dashboard alone and by the command."""
    bare = _until("tests.bench.child_bare", "0", texts=("bare", r"State +Workflow", "Quit"))
    with silent_server() as url:
        command = ("runs_tui", "--api", API, "--url", url)
        for what, measure in (
            ("first paint", _until("tests.bench.child_silent", texts=(EMPTY, FOOTER))),
            ("first paint, by the command", _until(*command, texts=(EMPTY, FOOTER))),
            ("first paint, its source named", _until("tests.bench.child_silent", texts=(NAME,))),
        ):
            yield _finding("paint", what, measure, bare, rounds, budget=1.3)


def rows(rounds: int) -> Iterator[Finding]:
    """Measure the first row of a run, read from a server on loopback."""
    bare = _until("tests.bench.child_bare", str(PAGE), texts=("succeeded", "Quit"))
    with demo_server(API, RUNS) as url:
        read = _until("tests.bench.child_loopback", API, url, "1", texts=(STATES,))
        yield _finding("rows", f"first rows of {RUNS:,} runs", read, bare, rounds, budget=2)
    with demo_server(API, MANY_RUNS) as url:
        one = _until("tests.bench.child_loopback", API, url, "1", texts=(STATES,))
        several = _until("tests.bench.child_loopback", API, url, str(SOURCES), texts=(STATES,))
        what = f"first rows of {SOURCES} sources of {MANY_RUNS:,} runs"
        yield _finding("rows", what, several, one, rounds, budget=2, against="one source alone")


def _finding(
    group: str,
    what: str,
    measured: Measure,
    yardstick: Measure,
    rounds: int,
    *,
    budget: float,
    against: str = "bare application",
) -> Finding:
    pair = in_turn(measured, yardstick, rounds)
    return Finding(
        group=group,
        what=what,
        unit="ms",
        measured=pair.measured,
        yardstick=pair.yardstick,
        told_ratio=pair.ratio,
        against=against,
        budget=budget,
        of_ratio=True,
    )


def _until(module: str, *arguments: str, texts: tuple[str, ...]) -> Measure:
    """Give a measure of how long a program takes until some texts stand on its screen."""

    def measure() -> float:
        with Terminal(module, *arguments) as terminal:
            return (terminal.wait_for(*texts) - terminal.started) * 1000

    return measure
