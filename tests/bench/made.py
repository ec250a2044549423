"""Runs made for measuring: believable, each a function of its number, newest first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from runs_tui.model.run import Run, Step
from runs_tui.model.state import State

SOURCE = "bench"
"""The name of the source that the runs are of."""
SPACING = timedelta(minutes=1)
"""How long one run comes after another."""
FIRST_AGE = timedelta(hours=3, minutes=10)
"""How old the newest one is: far from an age that would soon be told by another word."""

_WORKFLOWS = (
    "etl-nightly", "etl-hourly", "invoices", "train-ranker", "ingest-orders", "backup-primary",
    "deploy-preview", "sync-crm", "reindex-search", "send-digests", "export-ledger", "clean-logs",
)  # fmt: skip
_TRIGGERS = ("schedule", "schedule", "webhook", "manual", "event")
_ERRORS = (
    "the upstream answered 502 while a page of orders was read",
    "timeout after 900 s while waiting for a lock on ledger_entries",
    "column customer_id holds 12 nulls, none are allowed",
)
_STATES = (State.SUCCEEDED,) * 7 + (State.FAILED, State.FAILED, State.CANCELLED)


def made_id(*about: object) -> str:
    """Give an id that is always the same for the same things."""
    return str(UUID(bytes=blake2b(repr(about).encode(), digest_size=16).digest()))


def made_run(number: int, now: datetime) -> Run:
    """Make a run that is over."""
    chance = blake2b(str(number).encode(), digest_size=8).digest()
    name = _WORKFLOWS[chance[0] % len(_WORKFLOWS)]
    state = _STATES[chance[1] % len(_STATES)]
    created = now - FIRST_AGE - SPACING * number
    started = created + timedelta(seconds=chance[2] % 50)
    seconds = 5.0 + chance[3] * 7
    finished = started + timedelta(seconds=seconds)
    return Run(
        source=SOURCE,
        id=made_id("run", number),
        workflow_id=name,
        workflow_name=name,
        version="3",
        state=state,
        status=state.value,
        created_at=created,
        started_at=started,
        finished_at=finished,
        updated_at=finished + timedelta(seconds=0),
        took=seconds,
        trigger=_TRIGGERS[chance[4] % len(_TRIGGERS)],
        error=_ERRORS[chance[5] % 3] if state is State.FAILED else None,
        details={
            "automationVersionId": name,
            "tenantId": "tenant",
            "triggerSourceType": "schedule",
            "triggerSourceId": name,
            "orchestratorType": "dag",
        },
    )


def made_runs(count: int, now: datetime) -> list[Run]:
    """Make so many runs that are over."""
    return [made_run(number, now) for number in range(count)]


def running_runs(count: int, now: datetime) -> list[Run]:
    """Make so many runs that go on, from one minute to an hour old."""
    return [
        Run(
            source=SOURCE,
            id=made_id("running", number),
            workflow_name=_WORKFLOWS[number % len(_WORKFLOWS)],
            state=State.RUNNING,
            status="running",
            created_at=now - timedelta(seconds=61 + 67 * number),
            started_at=now - timedelta(seconds=60 + 67 * number),
            trigger=_TRIGGERS[number % len(_TRIGGERS)],
        )
        for number in range(count)
    ]


def made_steps(run: Run) -> Iterator[Step]:
    """Make the steps of a run: a chain of five."""
    names = ("extract", "clean", "load", "check", "report")
    for place, name in enumerate(names):
        yield Step(
            key=name,
            name=name,
            state=run.state if place == 4 else State.SUCCEEDED,
            status=run.status if place == 4 else State.SUCCEEDED.value,
            depends_on=names[max(place - 1, 0) : place],
            started_at=run.started_at,
            finished_at=run.finished_at,
        )


def made_plan(run: Run, count: int) -> Iterator[Step]:
    """Make so many steps for a run: each waits for one or two of the ten before it."""
    keys: list[str] = []
    start = run.started_at or datetime.now(UTC)
    for number in range(count):
        chance = blake2b(f"step {number}".encode(), digest_size=8).digest()
        near = keys[-10:]
        parents = [near[chance[place] % len(near)] for place in range(1 + chance[4] % 2) if near]
        word = _WORKFLOWS[chance[5] % len(_WORKFLOWS)].partition("-")[0]
        keys.append(f"{word}-{made_id(number)[:4]}-of-{number}-{'xyz'[number % 3]}")
        begun = start + timedelta(seconds=number / 10)
        yield Step(
            key=keys[-1],
            name=keys[-1],
            state=State.FAILED if chance[6] < 5 else State.SUCCEEDED,
            depends_on=tuple(dict.fromkeys(parents)),
            started_at=begun,
            finished_at=begun + timedelta(seconds=chance[7] % 30 + 1),
        )
