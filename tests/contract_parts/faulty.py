"""The suite's part about servers that fail, lie or talk nonsense."""

import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from runs_tui.adapters.base import Relates, Rewinds, Tails
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
)
from runs_tui.model.query import Query
from tests.contract_parts.single import check_clean, check_times
from tests.contract_parts.stage import LATE, VARIABLE, Kit, Stage
from tests.transport.script import reply, serving

PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>Hello</body></html>"


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def turned(body: bytes) -> bytes:
    """Make a list of an object and an object of a list."""
    value = json.loads(body)
    return json.dumps([value] if isinstance(value, dict) else {"a": value}).encode()


def emptied(body: bytes) -> bytes:
    """Make every value within null."""

    def nulls(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {key: nulls(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list):
            return [nulls(each, depth + 1) for each in value]
        return None

    return json.dumps(nulls(json.loads(body), 0)).encode()


def filled_with_objects(body: bytes) -> bytes:
    """Put an object in the place of every value."""

    def objects(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: objects(each) for key, each in value.items()}
        return [objects(each) for each in value] if isinstance(value, list) else {"odd": 1}

    return json.dumps(objects(json.loads(body))).encode()


FAULTS: dict[str, tuple[dict[str, Any], type[SourceError] | tuple[type[SourceError], ...]]] = {
    "late": ({"delay": LATE}, Unreachable),
    "dropped": ({"drop_after": 0}, Unreachable),
    "torn": ({"drop_after": 5}, Unreachable),
    "swallowed": ({"swallow": True}, Unreachable),
    "400": ({"status": 400}, Refused),
    "401": ({"status": 401}, Unauthorized),
    "403": ({"status": 403}, Unauthorized),
    "404": ({"status": 404}, NotFound),
    "409": ({"status": 409}, Conflict),
    "422": ({"status": 422}, Refused),
    "429": ({"status": 429}, RateLimited),
    "429 for long": ({"status": 429, "headers": {"retry-after": "30"}}, RateLimited),
    "500": ({"status": 500}, Unreachable),
    "502": ({"status": 502}, Unreachable),
    "503": ({"status": 503, "body": PAGE}, Unreachable),
    "204": ({"status": 204}, BadAnswer),
    "418 with a page": ({"status": 418, "body": PAGE}, Refused),
    "a page": ({"status": 200, "body": PAGE}, BadAnswer),
    "nothing": ({"status": 200, "body": b""}, BadAnswer),
    "null": ({"status": 200, "body": b"null"}, BadAnswer),
    "a word": ({"status": 200, "body": b'"ok"'}, BadAnswer),
    "an empty object": ({"status": 200, "body": b"{}"}, BadAnswer),
    "no UTF-8": ({"status": 200, "body": b'{"a": "\xff\xfe"}'}, BadAnswer),
    "half": ({"rewrite": half}, BadAnswer),
    "turned": ({"rewrite": turned}, BadAnswer),
    "emptied": ({"rewrite": emptied}, BadAnswer),
    "objects": ({"rewrite": filled_with_objects}, BadAnswer),
}
SHORT: dict[str, dict[str, Any]] = {
    "late": {"delay": 0.1},
    "dropped": {"drop_after": 0},
    "torn": {"drop_after": 5},
    "500": {"status": 500},
    "502": {"status": 502},
    "503": {"status": 503, "body": PAGE},
    "504": {"status": 504},
    "429": {"status": 429, "headers": {"retry-after": "0"}},
}
JUNK: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", "x", "\x1b[31mred", "\u202e", [], {}, [None], {"a": 1},
    [[[]]], "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1780380042", "NaN",
]  # fmt: skip
SEEDS = range(60)


def spoiled(seed: int) -> Callable[[bytes], bytes]:
    """Give what puts junk somewhere into JSON."""
    dice = Random(seed)

    def spoil(body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        for _ in range(dice.randint(1, 4)):
            _put(value, dice)
        return json.dumps(value).encode()

    return spoil


def _put(value: Any, dice: Random) -> None:
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = dice.choice(keys)
        if not isinstance(value[key], dict | list) or dice.random() < 0.2:
            value[key] = dice.choice(JUNK)
            return
        value = value[key]


class Faulty(Kit):
    async def reads(self, stage: Stage) -> list[tuple[str, Callable[[], Awaitable[Any]]]]:
        """Give each way to read, by its name."""
        run = stage.one(lambda run: run.started is not None)
        source = stage.source
        ways: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
            ("runs", lambda: source.runs(Query(limit=50))),
            ("run", lambda: source.run(run.id)),
            ("steps", lambda: source.steps(run.id)),
        ]
        if isinstance(source, Relates):
            ways.append(("kin", lambda: source.kin(run.id)))
        if isinstance(source, Rewinds):
            ways.append(("last events", lambda: source.last_events(run.id)))
        return ways

    @pytest.mark.parametrize("name", FAULTS)
    async def test_every_fault_is_told_as_its_kind(self, stage: Stage, name: str) -> None:
        fault, kind = FAULTS[name]
        self.hasten(stage, fault)
        stage.break_down(**fault)
        for what, read in await self.reads(stage):
            with pytest.raises(kind) as caught:
                await read()
            error = caught.value
            assert error.detail, what
            assert self.secret not in error.sentence + error.hint + repr(error)
            assert "<" not in error.sentence
            if isinstance(error, Unauthorized):
                assert VARIABLE in error.hint
            if isinstance(error, RateLimited):
                wanted = pytest.approx(30, abs=10) if "headers" in fault else None
                assert error.retry_after == wanted

    @pytest.mark.parametrize("name", SHORT)
    async def test_a_short_fault_is_recovered_from(self, stage: Stage, name: str) -> None:
        for _, read in await self.reads(stage):
            await read()
            stage.faults.add(Fault(**SHORT[name]))
            assert await read()

    async def test_no_echo_of_the_credential_is_told(self, stage: Stage) -> None:
        echo = json.dumps({"detail": f"{self.secret} is not good", "message": self.secret})
        for status in (400, 401, 403, 404, 409, 422, 429, 500):
            stage.faults.clear()
            stage.break_down(status=status, body=echo.encode())
            for _, read in await self.reads(stage):
                with pytest.raises(SourceError) as caught:
                    await read()
                assert self.secret not in caught.value.sentence + repr(caught.value)

    async def test_what_the_server_says_is_told_clean_and_cut(self, stage: Stage) -> None:
        said = json.dumps({"detail": "so \x1b[31mit\x1b[0m is\n" + "long " * 500})
        stage.break_down(status=400, body=said.encode())
        with pytest.raises(Refused) as caught:
            await stage.source.runs(Query())
        assert caught.value.detail.startswith("so it is long")
        assert len(caught.value.detail) <= 300

    async def test_a_redirect_elsewhere_is_not_followed(self, stage: Stage) -> None:
        async with serving(reply(200, "{}")) as other:
            for status in (301, 302, 307, 308):
                stage.faults.clear()
                stage.break_down(status=status, headers={"location": f"{other.url}/api"})
                for _, read in await self.reads(stage):
                    with pytest.raises(Unreachable) as caught:
                        await read()
                    assert other.url.removeprefix("http://") in caught.value.sentence
            assert other.asked == []

    @pytest.mark.parametrize("seed", SEEDS)
    async def test_junk_within_an_answer_does_no_harm(self, stage: Stage, seed: int) -> None:
        for _, read in await self.reads(stage):
            stage.faults.clear()
            stage.break_down(rewrite=spoiled(seed))
            try:
                told = await read()
            except SourceError as error:
                check_clean(error.sentence)
                continue
            for each in getattr(told, "items", None) or (
                told if isinstance(told, list) else [told]
            ):
                check_clean(each)
                check_times(each)

    @pytest.mark.parametrize("name", FAULTS)
    async def test_a_tail_fails_as_a_read_does(self, stage: Stage, name: str) -> None:
        if not isinstance(stage.source, Tails):
            pytest.skip("this API tells no events")
        fault, kind = FAULTS[name]
        self.hasten(stage, fault)
        stage.break_down(**fault)
        run = stage.one(lambda run: run.started is not None)
        with pytest.raises(kind):
            await stage.told(run.id)
