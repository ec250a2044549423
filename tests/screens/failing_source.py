"""A source with one run that failed after three attempts, one that is about to, and others."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.state import State
from tests.screens.world_source import EPOCH

ERROR = "HTTP 502 from api.partner.example while reading page {} of the orders"
TRACE = """Traceback (most recent call last):
  File "/app/clients/partner.py", line 88, in run
    response.raise_for_status()
HTTPStatusError: Server error '502 Bad Gateway' for url 'https://api.partner.example/v2'"""


def at(minutes: float) -> datetime:
    """Give an instant before nine o'clock."""
    return EPOCH + timedelta(minutes=minutes - 60)


def run_of(name: str, workflow: str, minutes: float, error: str | None = None) -> Run:
    return Run(
        source="prod",
        id=f"id-{name}",
        workflow_id=workflow,
        workflow_name=workflow,
        name=name,
        state=State.FAILED if error else State.SUCCEEDED,
        created_at=at(minutes),
        started_at=at(minutes),
        finished_at=at(minutes + 4),
        trigger="cron",
        error=error and f'Step "Load" failed: {error}',
        url=f"http://prod.test/{name}",
    )


FAILED = run_of("brave-owl", "etl-nightly", 40, ERROR.format(812))
GOING = Run(
    source="prod",
    id="id-calm-fox",
    workflow_id="etl-nightly",
    workflow_name="etl-nightly",
    name="calm-fox",
    state=State.RUNNING,
    created_at=at(50),
    started_at=at(50),
)
RUNS = [
    GOING,
    FAILED,
    run_of("new-hare", "invoices", 35, "disk full"),
    run_of("dry-newt", "invoices", 30, ERROR.format(3)),
    *(run_of(f"old-{n}", "etl-nightly", -60 * n, ERROR.format(n)) for n in range(1, 6)),
    run_of("last-good", "etl-nightly", -400),
    run_of("long-ago", "etl-nightly", -60 * 30, ERROR.format(9)),
]


def steps_of(*, going: bool) -> list[Step]:
    """Give the steps: the third fails after three attempts, and blocks four."""

    def step(key: str, state: State, *after: str, **told: object) -> Step:
        name = key.replace("-", " ").capitalize()
        return Step(key=key, name=name, state=state, depends_on=after, **told)  # type: ignore[arg-type]

    done = {"started_at": at(40), "finished_at": at(40.5)}
    waits = State.QUEUED if going else State.SKIPPED
    start = at(42.5)
    return [
        step("extract", State.SUCCEEDED, **done),
        step("clean", State.SUCCEEDED, "extract", **done),
        step(
            "load",
            State.FAILED,
            "clean",
            started_at=start,
            finished_at=at(44),
            attempt=3,
            error=ERROR.format(812),
        ),
        *(step(key, waits, "load") for key in ("check", "publish")),
        *(step(key, waits, "check", "publish") for key in ("notify", "archive")),
        *([step("long-count", State.RUNNING, "extract", started_at=at(41))] if going else []),
    ]


def events() -> list[Event]:
    """Give what the run told."""
    told: list[Event] = []

    def tell(minute: float, message: str, level: str = "info", state: State | None = None) -> None:
        number = str(len(told))
        kind = "state" if state else "log"
        told.append(
            Event(
                id=number,
                at=at(minute),
                step="load",
                level=level,
                kind=kind,
                message=message,
                state=state,
            )
        )

    for start in (40.5, 41.5, 42.5):
        tell(start, "Load started", state=State.RUNNING)
        for page in range(809, 812):
            tell(start + (page - 808) / 10, f"page {page} of 2,400: 500 rows")
        tell(start + 0.5, "upstream answered 502, trying again", "warning")
        tell(start + 0.7, "upstream answered 502, trying once more", "warning")
        tell(start + 0.9, TRACE, "error")
        tell(start + 0.9, "Load failed", "error", State.FAILED)
    return told


class FailingSource(Source):
    """Tells of those runs; the one that goes on never ends."""

    api = "failing"

    def __init__(self, clock: Clock) -> None:
        super().__init__(Connection(name="prod", url="http://prod.test"), clock)

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        matching = [run for run in RUNS if query.predicate(self.clock.now())(run)]
        return Page(matching[: query.limit], None, len(matching))

    async def run(self, run_id: str) -> Run:
        found = next((run for run in RUNS if run.id == run_id), None)
        if found is None:
            raise NotFound(run_id)
        return found

    async def steps(self, run_id: str) -> Sequence[Step]:
        told = await self.run(run_id)
        return steps_of(going=told is GOING) if told in (FAILED, GOING) else ()

    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        told = await self.run(run_id)
        for event in events() if told in (FAILED, GOING) and after is None else ():
            yield event

    async def close(self) -> None:
        pass
