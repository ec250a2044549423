"""The suite's part about lists of runs."""

import re
from datetime import timedelta

import pytest

from runs_tui.model.query import Field, Query, quoted
from runs_tui.model.run import Run
from runs_tui.model.text import clean
from tests.contract_parts.stage import NAME, Kit, Stage

FILTERS = [
    "state:succeeded",
    "state:failed",
    "state:running",
    "state:waiting",
    "state:cancelled",
    "state:skipped",
    "state:unknown",
    "state:queued,running,waiting",
    "-state:succeeded",
    "-state:succeeded,failed state:failed,cancelled,running",
    "state:running state:failed",
    "workflow:{workflow}",
    "workflow:{workflow_id}",
    "workflow:~{part}",
    "workflow:~{part},{workflow}",
    "workflow:~nothing-is-called-so",
    "-workflow:~{part}",
    "state:failed workflow:~{part}",
    "{part}",
    "-{part}",
    "{part} state:succeeded",
    "id:{id}",
    "id:~{id_part}",
    "-id:{id}",
    "created:>20m",
    "created:<20m",
    "created:{early}..{late}",
    "-created:>20m",
    "started:>20m",
    "started:<20m",
    "started:{early}..{late}",
    "finished:>10m",
    "finished:<10m",
    "duration:>1m",
    "duration:<10s",
    "-duration:>1m",
    "trigger:schedule",
    "-trigger:schedule",
    "trigger:~e state:failed",
    "error:~o",
    "-error:*o*",
    "error:*e* state:failed",
    "source:here",
    "source:~ER",
    "source:elsewhere",
    "-source:here",
    "-source:elsewhere state:running",
    "state:failed created:>40m duration:>5s",
]


def filled(text: str, run: Run) -> str:
    """Fill a filter with what a run is called."""
    assert run.instant is not None
    name = run.workflow_name or run.workflow_id or ""
    return text.format(
        workflow=quoted(name),
        workflow_id=quoted(run.workflow_id or name),
        part=quoted(name[1:5]),
        id=run.id,
        id_part=run.id[3:7],
        early=(run.instant - timedelta(minutes=5)).isoformat(),
        late=(run.instant + timedelta(minutes=5)).isoformat(),
    )


def key(run: Run) -> tuple[str, str, str]:
    return run.id, run.state, run.status


class Lists(Kit):
    @pytest.mark.parametrize("limit", [1, 7, 50, 1000])
    async def test_a_page_is_newest_first_and_no_longer_than_asked(
        self, stage: Stage, limit: int
    ) -> None:
        page = await stage.source.runs(Query(limit=limit))
        assert len(page.items) == min(limit, 300)
        instants = [run.instant for run in page.items if run.instant]
        assert instants == sorted(instants, reverse=True)
        assert all(run.source == NAME for run in page.items)

    @pytest.mark.parametrize("limit", [7, 100, 1000])
    async def test_following_next_visits_every_run_once_and_ends(
        self, stage: Stage, limit: int
    ) -> None:
        runs = await stage.every(limit=limit)
        ids = [run.id for run in runs]
        assert len(ids) == len(set(ids))
        assert set(ids) == {run.id for run in stage.world.runs(stage.clock.now())}
        instants = [run.instant for run in runs if run.instant]
        assert instants == sorted(instants, reverse=True)

    @pytest.mark.parametrize("text", ["", "state:succeeded", "-state:failed"])
    async def test_following_next_visits_every_run_once_while_new_ones_arrive(
        self, stage: Stage, text: str
    ) -> None:
        query = Query.parse(text, limit=20)
        first = {run.id for run in await stage.every(text) if run.state.terminal}
        ids: list[str] = []
        cursor: str | None = None
        for _ in range(200):
            page = await stage.source.runs(query, cursor)
            ids += [run.id for run in page.items]
            cursor = page.next
            if cursor is None:
                break
            stage.clock.skip(30)
        assert cursor is None
        assert len(ids) == len(set(ids))
        assert first <= set(ids)
        assert len(stage.world.runs(stage.clock.now())) > 300

    async def test_a_page_can_be_asked_for_again(self, stage: Stage) -> None:
        query = Query(limit=10)
        first = await stage.source.runs(query)
        once = await stage.source.runs(query, first.next)
        again = await stage.source.runs(query, first.next)
        assert [key(run) for run in once.items] == [key(run) for run in again.items]

    @pytest.mark.parametrize("text", FILTERS)
    async def test_what_is_pushed_down_never_changes_what_is_seen(
        self, stage: Stage, text: str
    ) -> None:
        everything = await stage.every()
        text = filled(text, everything[100])
        holds = Query.parse(text).predicate(stage.clock.now())
        found = await stage.every(text, limit=50)
        assert [key(run) for run in found] == [key(run) for run in everything if holds(run)]

    @pytest.mark.parametrize("text", FILTERS)
    async def test_pushed_names_only_terms_that_the_server_applied(
        self, stage: Stage, text: str
    ) -> None:
        everything = await stage.every()
        query = Query.parse(filled(text, everything[100]), limit=50)
        bodies: list[str] = []

        def keep(body: bytes) -> bytes:
            bodies.append(body.decode())
            return body

        stage.break_down(rewrite=keep)
        page = await stage.source.runs(query)
        assert page.pushed <= set(query.terms)
        holds = Query(tuple(page.pushed)).predicate(stage.clock.now())
        shown = [run for run in everything if any(self.shows(body, run) for body in bodies)]
        assert [run.id for run in shown if not holds(run)] == []
        if page.total is not None:
            matching = Query(query.terms).predicate(stage.clock.now())
            assert page.total == sum(matching(run) for run in everything)

    async def test_the_fields_that_are_pushed_are_declared(self, stage: Stage) -> None:
        everything = await stage.every()
        pushed: set[Field] = set()
        for text in FILTERS:
            page = await stage.source.runs(Query.parse(filled(text, everything[100]), limit=50))
            pushed |= {term.field for term in page.pushed}
        assert pushed <= stage.source.pushes
        assert pushed == stage.source.pushes or not self.filters_all

    async def test_the_fields_that_are_never_told_are_declared(self, stage: Stage) -> None:
        everything = await stage.every()
        told: dict[Field, list[object]] = {
            Field.TRIGGER: [run.trigger for run in everything],
            Field.CREATED: [run.instant for run in everything],
            Field.STARTED: [run.started_at for run in everything],
            Field.FINISHED: [run.finished_at for run in everything],
            Field.DURATION: [run.duration(stage.clock.now()) for run in everything],
            Field.ERROR: [run.error for run in everything],
        }
        never = {field for field, values in told.items() if not any(values)}
        assert never == stage.source.lacks

    def shows(self, body: str, run: Run) -> bool:
        """Tell whether a list on the wire holds a run."""
        return re.search(f'"id": ?"{run.id}"', body) is not None

    async def test_an_empty_world_is_an_empty_page(self, stage: Stage) -> None:
        page = await stage.source.runs(Query.parse("id:no-run-is-called-so", limit=5))
        assert list(page.items) == []

    async def test_a_run_is_told_as_it_is(self, stage: Stage) -> None:
        seen = {run.id: run for run in stage.world.runs(stage.clock.now())}
        for run in await stage.every():
            real = seen[run.id]
            assert run.state is self.run_state(real)
            assert run.workflow_name == clean(real.workflow.name)
            assert (run.error is not None) == (self.tells_errors and real.error is not None)
            assert (run.finished_at is None) == (real.finished is None)
