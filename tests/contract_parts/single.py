"""The suite's part about single runs, their steps, and text from strangers."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Cancels, Retries, Tails
from runs_tui.model.errors import NotFound, SourceError, Unauthorized, Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.contract_parts.stage import NOBODY, VARIABLE, Kit, Stage, until

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff]"
)
IN_LOGS = frozenset({"message", "details"})
ODD_IDS = [NOBODY, "no such run", "a/b", "../runs", "..", "?x=1", "#", "", " ", "ü\x00\x1b[31m"]


def values(thing: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give every value within a value, with the name of the field it is in."""
    if is_dataclass(thing):
        for each in fields(thing):
            yield from values(getattr(thing, each.name), each.name)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield name, key
            yield from values(value, name)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from values(value, name)
    else:
        yield name, thing


def check_clean(thing: Any) -> None:
    for name, value in values(thing):
        if isinstance(value, str):
            assert UNSAFE.search(value) is None, (name, value)
            assert name in IN_LOGS or not set(value) & set("\n\t"), (name, value)


def check_times(thing: Any) -> None:
    for name, value in values(thing):
        if isinstance(value, datetime):
            assert value.utcoffset() == timedelta(0), (name, value)


class Single(Kit):
    def test_it_is_found_by_its_name(self) -> None:
        kind = source_type(self.api)
        assert kind.api == self.api
        assert all(isinstance(said, str) and said for said in kind.options.values())

    async def test_a_run_by_its_id_is_the_one_of_the_list(self, stage: Stage) -> None:
        for listed in (await stage.every())[:60:7]:
            run = await stage.source.run(listed.id)
            assert run.key == listed.key
            assert (run.state, run.status) == (listed.state, listed.status)
            assert run.workflow_name == listed.workflow_name
            assert run.instant == listed.instant

    async def test_times_are_aware_and_in_utc(self, stage: Stage) -> None:
        for run in await stage.every():
            check_times(run)
        for seen in list(stage.world.runs(stage.clock.now()))[:30]:
            check_times(await stage.source.run(seen.id))
            for step in await stage.source.steps(seen.id):
                check_times(step)

    async def test_foreign_text_is_clean(self, strangers: Stage) -> None:
        names = set()
        for run in await strangers.every():
            check_clean(run)
            names.add(run.workflow_name)
        assert any(name and name.startswith("[/x]") for name in names)
        checked: set[str] = set()
        for seen in strangers.world.runs(strangers.clock.now()):
            if seen.workflow.name in checked or "hostile" not in seen.workflow.tags:
                continue
            checked.add(seen.workflow.name)
            check_clean(await strangers.source.run(seen.id))
            for step in await strangers.source.steps(seen.id):
                check_clean(step)
        assert len(checked) >= 8

    async def test_an_unknown_word_is_kept(self, strangers: Stage) -> None:
        odd = {r.id for r in strangers.world.runs(strangers.clock.now()) if r.word}
        assert odd
        for run in await strangers.every():
            if run.id in odd:
                assert (run.state, run.status) == (State.UNKNOWN, self.unknown_word)
        found = await strangers.every("state:unknown")
        assert {run.id for run in found} == odd

    async def test_steps_are_told_as_they_are(self, stage: Stage) -> None:
        for seen in list(stage.world.runs(stage.clock.now()))[:60:4]:
            steps = {step.key: step for step in await stage.source.steps(seen.id)}
            real = stage.world.steps(seen.id, stage.clock.now())
            assert {self.step_key(step) for step in real if step.started} <= set(steps)
            for each in real:
                if self.step_key(each) in steps:
                    step = steps[self.step_key(each)]
                    assert step.name == self.step_name(each)
                    assert step.state is each.state
                    assert (step.error is not None) == (each.error is not None)

    async def test_parents_are_named_by_key_also_in_a_circle(self, strangers: Stage) -> None:
        if not self.tells_dependencies:
            pytest.skip("this API tells no dependencies")
        circular = strangers.one(lambda run: run.workflow.name == "circular")
        for seen in (circular, strangers.one(lambda run: len(run.workflow.steps) > 1)):
            real = strangers.world.steps(seen.id, strangers.clock.now())
            told = {s.key: s.depends_on for s in await strangers.source.steps(seen.id)}
            keys = {step.key: self.step_key(step) for step in real}
            for step in real:
                if keys[step.key] in told:
                    assert told[keys[step.key]] == self.parents(step, keys)

    @pytest.mark.parametrize("run_id", ODD_IDS)
    async def test_a_run_that_is_not_there_is_not_found(self, stage: Stage, run_id: str) -> None:
        source = stage.source
        with pytest.raises(NotFound):
            await source.run(run_id)
        with pytest.raises(NotFound):
            await source.steps(run_id)
        if isinstance(source, Cancels):
            with pytest.raises(NotFound):
                await source.cancel(run_id)
        if isinstance(source, Retries):
            with pytest.raises(NotFound):
                await source.retry(run_id, RetryMode.FULL)
        if isinstance(source, Tails):
            with pytest.raises(NotFound):
                await stage.told(run_id)

    async def test_objections_and_cautions_are_sentences(self, stage: Stage) -> None:
        for run in await stage.every():
            if run.state.terminal:
                assert stage.source.objection("cancel", run)
            for action in ("cancel", "retry"):
                told = stage.source.objection(action, run), stage.source.caution(action, run)
                assert all(said is None or said.strip() for said in told)

    @pytest.mark.parametrize(
        "address", ["", "x", "http://", "http://[", "https://example.org/runs/1", "::", "\ud800"]
    )
    async def test_foreign_addresses_show_no_run(self, stage: Stage, address: str) -> None:
        assert stage.source.run_id_of(address) is None

    async def test_a_missing_and_a_wrong_credential_are_told(self, stage: Stage) -> None:
        for secret in (None, "wr0ng", "wr\nng", ""):
            source = self.source(stage.url, secret, stage.clock)
            with pytest.raises(Unauthorized) as caught:
                await source.runs(Query())
            assert caught.value.hint
            if secret:
                assert VARIABLE in caught.value.hint
                assert secret not in caught.value.sentence
            await source.close()

    async def test_a_server_that_is_not_there_is_unreachable(self) -> None:
        async with self.staged() as stage:
            url = stage.url
        source = self.source(url, self.secret)
        with pytest.raises(Unreachable):
            await source.runs(Query())
        await source.close()
        await source.close()

    @pytest.mark.parametrize(
        "url", ["", "nonsense", "ftp://x", "http://", "http://a b", "http://[1"]
    )
    async def test_an_address_that_cannot_be_is_told(self, url: str) -> None:
        source = self.source(url, self.secret)
        with pytest.raises(SourceError):
            await source.runs(Query())
        await source.close()

    async def test_many_requests_at_once_do_not_mix(self, stage: Stage) -> None:
        ids = [run.id for run in await stage.every(limit=100)][:25]
        runs = await asyncio.gather(*(stage.source.run(each) for each in ids))
        assert [run.id for run in runs] == ids

    async def test_a_request_can_be_cancelled(self, stage: Stage) -> None:
        stage.break_down(delay=60)
        task = asyncio.ensure_future(stage.source.runs(Query()))
        await until(lambda: bool(stage.faults.requests))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_a_closed_source_answers_no_more(self, stage: Stage) -> None:
        await stage.source.close()
        with pytest.raises(SourceError):
            await stage.source.runs(Query())
