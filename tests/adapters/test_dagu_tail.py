import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import aclosing

import pytest

from runs_tui.adapters.dagu.logs import end_of_log
from runs_tui.adapters.dagu.wire import LOG_PART, LogPart
from runs_tui.demo.dagu.logs import step_log
from runs_tui.demo.faults import Fault
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import NotFound
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from runs_tui.model.text import clean_log
from tests.adapters.dagu_world import Place, captured, served, source_at
from tests.adapters.sources import closing, events_of
from tests.contract_parts.tails import finished
from tests.transport.script import Asked, reply, serving

PATIENCE = 20.0
LONG = 50


def written(told: Iterable[Event | Gap]) -> dict[str, list[str]]:
    """Give what each step has written, by its key."""
    found: dict[str, list[str]] = {}
    for event in told:
        if isinstance(event, Event) and event.step and "stream" in event.details:
            found.setdefault(event.step, []).append(event.message)
    return found


def real(place: Place, run: WorldRun) -> dict[str, list[str]]:
    """Give what each step of a run of the world has written, its standard output first."""
    now = place.clock.now()
    lines = place.world.lines(run.id, now)
    found = {
        step.key: [
            clean_log(line)
            for stream in ("stdout", "stderr")
            for line in step_log(step, lines, stream)
        ]
        for step in place.world.steps(run.id, now)
        if step.started
    }
    return {key: lines for key, lines in found.items() if lines}


async def test_lines_are_counted_from_one_where_it_is_not_told_how_many_there_are() -> None:
    async def ask(asked: Mapping[str, int]) -> LogPart:
        return LogPart(content="a\nb")

    piece = await end_of_log(ask, 500)
    assert (piece.first, piece.last) == (1, 2)


async def test_a_server_that_gives_the_same_lines_whatever_is_asked_for_is_left() -> None:
    run = captured("run_failed")
    lines = json.dumps({"content": "\n".join(["x"] * 1000), "lineCount": 1000, "totalLines": 1000})

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(200, lines if asked.path.endswith("/log") else json.dumps(run)))

    async with serving(answer) as script, closing(source_at(script.url)) as source:
        details = run["dagRunDetails"]
        told = await asyncio.wait_for(
            events_of(source, f"{details['name']}/{details['dagRunId']}"), PATIENCE
        )
        assert isinstance(told[-1], Event)
        assert told[-1].id == "ended"


async def test_all_that_each_step_wrote_is_told_where_it_began() -> None:
    async with served() as place, closing(place.source()) as source:
        runs = [run for run in place.world.runs(place.clock.now()) if finished(run)][:30:5]
        for run in runs:
            told = await events_of(source, run.id)
            steps = written(told)
            assert {key: steps.get(key) for key in real(place, run)} == real(place, run)
            ids = [event.id for event in told if isinstance(event, Event)]
            begun = [e.step for e in told if isinstance(e, Event) and e.state is State.RUNNING]
            assert set(steps) - set(begun) <= {"onSuccess", "onFailure", "onCancel", "onExit"}
            assert ids[0] == "r-1"
            assert ids[-1] == "ended"


async def test_how_many_lines_a_long_log_has_is_found_out() -> None:
    """The server only estimates it, which would number its last lines wrongly."""
    async with served() as place, closing(place.source()) as source:
        checked = 0
        for run in [run for run in place.world.runs(place.clock.now()) if finished(run)]:
            if checked < 3 and max(map(len, real(place, run).values()), default=0) > LONG:
                told = await events_of(source, run.id)
                end = await source.last_events(run.id)
                assert list(end.events) == told[-len(end.events) :]
                checked += 1
        assert checked == 3


@pytest.mark.parametrize("lines", [1, 999, 1000, 1001, 9_999, 10_000, 10_001, 60_000])
@pytest.mark.parametrize("estimate", [0.5, 0.95, 1.0, 1.05, 4.0])
async def test_the_end_of_a_long_log_is_found_whatever_is_estimated(
    lines: int, estimate: float
) -> None:
    asked: list[Mapping[str, int]] = []

    async def ask(params: Mapping[str, int]) -> LogPart:
        asked.append(params)
        first = params.get("offset", max(lines - params.get("tail", 0), 0) + 1)
        last = min(first + params.get("limit", lines) - 1, lines)
        shown = [f"{number}" for number in range(first, last + 1)]
        return LOG_PART.validate_python(
            {
                "content": "\n".join(shown),
                "lineCount": len(shown),
                "totalLines": max(int(lines * estimate), 1),
                "isEstimate": True,
            }
        )

    piece = await end_of_log(ask, 500)
    assert piece.last == lines
    assert list(piece.lines) == [f"{n}" for n in range(max(lines - 499, 1), lines + 1)]
    assert len(asked) <= 12


async def test_going_on_after_a_line_of_two_steps_at_work_repeats_nothing() -> None:
    async with served() as place, closing(place.source()) as source:
        now = place.clock.now()
        run = next(
            run
            for run in place.world.runs(now)
            if sum(step.state is State.RUNNING for step in place.world.steps(run.id, now)) > 1
        )
        place.clock.go(60)
        told: list[Event | Gap] = []
        async with asyncio.timeout(PATIENCE):
            while len(told) < 200:
                after = told[-1].id if told and isinstance(told[-1], Event) else None
                async with aclosing(source.tail(run.id, after)) as events:
                    async for event in events:
                        told.append(event)
                        if len(told) % 7 == 0:
                            break
                if isinstance(told[-1], Event) and told[-1].id == "ended":
                    break
        ids = [event.id for event in told if isinstance(event, Event)]
        assert len(ids) == len(told) == len(set(ids))


async def test_a_run_that_is_missed_for_a_moment_is_there() -> None:
    """Dagu answers with 404 while it writes down how a run ended."""
    async with served() as place, closing(place.source()) as source:
        run = place.world.runs(place.clock.now())[0]
        await source.run(run.id)
        body = b'{"code": "not_found", "message": "dag-run ID x not found for DAG y"}'
        place.faults.add(Fault(path=f"/{run.id}", status=404, body=body))
        assert (await source.run(run.id)).id == run.id
        place.faults.add(Fault(path=f"/{run.id}", status=404, body=body, times=None))
        with pytest.raises(NotFound):
            await source.run(run.id)


async def test_a_log_that_is_gone_leaves_the_others() -> None:
    async with served() as place, closing(place.source()) as source:
        runs = [run for run in place.world.runs(place.clock.now()) if finished(run)]
        run = next(run for run in runs if len(real(place, run)) > 1)
        step = next(iter(real(place, run)))
        body = json.dumps({"code": "internal_error", "message": "An unexpected error occurred"})
        place.faults.add(
            Fault(path=f"/steps/{step}/log", status=500, body=body.encode(), times=None)
        )
        told = await events_of(source, run.id)
        assert step not in written(told)
        assert set(real(place, run)) - {step} <= set(written(told))


async def test_a_queued_run_has_no_log_to_ask_for() -> None:
    async with served() as place, closing(place.source()) as source:
        runs = place.world.runs(place.clock.now())
        queued = next(run for run in runs if run.state is State.QUEUED and run.attempt == 1)
        assert (await source.last_events(queued.id)).events == []
        assert not [request for request in place.asked() if request.path.endswith("/log")]


async def test_a_line_that_grows_is_told_to_its_end() -> None:
    async with serving(lambda asked, writer: writer.write(growing(asked))) as script:
        Growing.looks = 0
        async with closing(source_at(script.url)) as source:
            told = await events_of(source, "long/by-hand")
    texts = [(e.id or "", e.message) for e in told if isinstance(e, Event) and e.step == "tick"]
    lines = [(event_id.partition("-")[2], text) for event_id, text in texts if "o" in event_id]
    assert lines == [("1", "one"), ("2", "tw"), ("2+", "o"), ("3", "three")]


class Growing:
    """How often the run was looked at."""

    looks = 0


def growing(asked: Asked) -> bytes:
    """Answer as a server whose run writes its second line in two pieces, and then ends."""
    if asked.path.endswith("/steps/tick/log"):
        if "stderr" in asked.target:
            return reply(200, json.dumps(captured("step_log_empty")))
        texts = [["one", "tw"], ["one", "two", "three"]][min(Growing.looks - 1, 1)]
        first = int(asked.target.partition("offset=")[2].partition("&")[0])
        shown = texts[first - 1 :]
        told = {"content": "\n".join(shown), "lineCount": len(shown), "totalLines": len(texts)}
        return reply(200, json.dumps(told))
    if asked.path.endswith("/log"):
        return reply(200, json.dumps(captured("scheduler_log")))
    Growing.looks += 1
    told = captured("run_aborted")
    run = told["dagRunDetails"] | {"dagRunId": "by-hand", "rootDAGRunId": "by-hand"}
    run["nodes"] = run["nodes"][:1]
    if Growing.looks == 1:
        run |= {"statusLabel": "running", "finishedAt": ""}
        run["nodes"][0] |= {"statusLabel": "running", "finishedAt": ""}
    return reply(200, json.dumps({"dagRunDetails": run}))


async def test_what_a_scheduler_writes_after_it_has_told_the_end_is_told() -> None:
    looks: list[str] = []
    said = captured("scheduler_log")["content"].splitlines()

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path.endswith("/log"):
            lines = said if len(looks) > 2 else said[:-1]
            first = int(asked.target.partition("offset=")[2].partition("&")[0])
            shown = lines[first - 1 :]
            told = {"content": "\n".join(shown), "lineCount": len(shown), "totalLines": len(lines)}
        else:
            looks.append(asked.path)
            told = captured("run_aborted")
            run = told["dagRunDetails"]
            run |= {"dagRunId": "by-hand", "rootDAGRunId": "by-hand", "nodes": []}
            run["statusLabel"] = "running" if len(looks) == 1 else "aborted"
        writer.write(reply(200, json.dumps(told)))

    async with serving(answer) as script, closing(source_at(script.url)) as source:
        told = await events_of(source, "long/by-hand")
    ids = [event.id for event in told if isinstance(event, Event)]
    assert ids == [*(f"r-{number}" for number in range(1, len(said) + 1)), "ended"]
