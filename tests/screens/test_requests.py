"""The request log: what it shows, how it goes on, and what it copies."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.exchange import Body, Exchange
from runs_tui.model.purpose import Purpose
from runs_tui.screens.requests import ExchangeScreen, RequestsScreen
from tests.screens.stage import NOW, SIZES, Stage, at_rest, until

SnapCompare = Callable[..., bool]
Scene = Callable[[Stage, Pilot[Any]], Awaitable[None]]
RUN = "3f1c0d5e-0b1a-4a77-9f5c-100000000001"
LIST = (
    b'{"items":[{"id":"r-1","name":"etl","state":"FAILED","token":"planted","tries":1.0,'
    b'"tags":[],"error":"upstream \\u001b[31manswered 502 and it took so long that the line of it '
    b'goes on and on until it no longer fits into any width that a terminal of ours may have"}]}'
)


def exchanges() -> list[Exchange]:
    """Give exchanges of every kind."""
    told = Exchange(
        number=1,
        at=NOW - timedelta(seconds=90),
        source="prod",
        purpose=Purpose("list", "state:failed created:>2d"),
        method="GET",
        url="https://prod.example/api/v1/runs?state=failed&limit=100&after=2026-11-01T00%3A00%3A00Z",
        asked=(("Accept", "application/json"), ("Authorization", "Bearer $PROD_TOKEN")),
        credential="Authorization",
        variable="PROD_TOKEN",
        status=200,
        answered=(("content-type", "application/json"), ("set-cookie", "***")),
        answer=Body(LIST, len(LIST)),
        received=len(LIST),
        took=0.034,
        left=41,
    )
    second = timedelta(seconds=1)
    shown = replace(told, url=f"https://prod.example/api/v1/runs/{RUN}")
    return [
        told,
        replace(told, number=2, at=told.at + second, status=503, took=1.42, left=40, received=0),
        replace(told, number=3, at=told.at + 3 * second, attempt=2, took=0.21, left=39),
        replace(
            shown,
            number=4,
            at=told.at + 9 * second,
            source="stage",
            purpose=Purpose("show", RUN),
            status=401,
            left=None,
        ),
        replace(
            shown,
            number=5,
            at=told.at + 10 * second,
            source="stage",
            purpose=Purpose("show", RUN),
            status=None,
            took=5.0,
            failure="no connection in time",
            left=None,
        ),
        replace(
            shown,
            number=6,
            at=told.at + 12 * second,
            purpose=Purpose("tail", RUN),
            url=f"https://prod.example/api/v1/runs/{RUN}/events",
            stream=True,
            took=None,
            received=64_000,
            left=None,
        ),
        replace(
            shown,
            number=7,
            at=told.at + 20 * second,
            purpose=Purpose("follow"),
            method="WS",
            url="wss://prod.example/api/v1/events/out",
            status=101,
            stream=True,
            took=65.0,
            left=None,
        ),
        replace(
            shown,
            number=8,
            at=told.at + 30 * second,
            purpose=Purpose("retry", RUN, ("--mode", "failed")),
            method="POST",
            url=f"https://prod.example/api/v1/runs/{RUN}/retry",
            request=Body(b'{"mode": "from_failed"}', 23),
            status=None,
            took=None,
            left=None,
            answer=Body(),
        ),
    ]


async def opened(stage: Stage, pilot: Pilot[Any]) -> RequestsScreen:
    """Open the log over exchanges of every kind, with `prod` configured."""
    stage.prod.connection = replace(stage.prod.connection, configured=True)
    await until(pilot, lambda: stage.settled)
    for exchange in exchanges():
        stage.app.exchanges.put(exchange)
    await pilot.press("at")
    await until(pilot, lambda: isinstance(stage.app.screen, RequestsScreen))
    screen = stage.app.screen
    assert isinstance(screen, RequestsScreen)
    await until(pilot, lambda: screen.table.rows)
    return screen


def line_of(stage: Stage, text: str) -> str:
    return next(line for line in stage.lines if text in line)


async def test_each_is_a_line_and_the_newest_is_last() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(160, 40)) as pilot:
        screen = await opened(stage, pilot)
        assert screen.table.cursor == 7
        assert stage.shows("Requests  8 · 3 failed")
        first = line_of(stage, "✓ 200 OK")
        for told in (
            "prod",
            "list state:failed",
            "GET",
            "/api/v1/runs?state=failed",
            "34 ms",
            "41",
        ):
            assert told in first
        assert "✗ 503 Service U" in line_of(stage, "✗ 503")
        assert "1.4 s" in line_of(stage, "✗ 503")
        assert stage.shows("✗ no answer")
        assert stage.shows("● open")
        assert stage.shows("✓ ended")
        assert "● waiting" in line_of(stage, "POST")


async def test_it_goes_on_and_follows_until_the_cursor_goes_up() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await opened(stage, pilot)
        last = exchanges()[-1]
        stage.app.exchanges.put(replace(last, number=9))
        await until(pilot, lambda: screen.table.cursor == 8)
        assert stage.shows("the newest is followed")
        await pilot.press("k", "k")
        stage.app.exchanges.put(replace(last, number=10))
        stage.app.exchanges.put(replace(last, status=202, took=0.1))
        await until(pilot, lambda: stage.shows("✓ 202 Accepted"))
        assert screen.table.cursor == 6
        assert stage.shows("G follows the newest again")
        await pilot.press("G")
        assert screen.table.cursor == 9


async def test_an_exchange_is_shown_in_full_and_goes_on() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 60)) as pilot:
        await opened(stage, pilot)
        await pilot.press("g", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, ExchangeScreen))
        for told in (
            "prod  list state:failed created:>2d",
            "✓ 200 OK  in 34 ms",
            "GET https://prod.example/api/v1/runs",
            "after = 2026-11-01T00:00:00Z",
            "Authorization: Bearer $PROD_TOKEN",
            '"tries": 1.0,',
            '"token": "***"',
            "runs-tui list --source prod 'state:failed created:>2d'",
        ):
            assert stage.shows(told), told
        assert not stage.shows("planted")
        stage.app.exchanges.put(replace(exchanges()[0], failure="cut off"))
        await until(pilot, lambda: stage.shows("cut off"))
        await pilot.press("at")
        assert isinstance(stage.app.screen, RequestsScreen)
        await pilot.press("q")
        assert len(stage.app.screen_stack) == 1
        assert stage.app.exchanges.listeners == []


async def test_it_is_copied_as_curl_and_as_a_command() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await opened(stage, pilot)
        await pilot.press("g", "y")
        told = stage.app.clipboard
        assert told.startswith("curl 'https://prod.example/api/v1/runs?state=failed&limit=100")
        assert '-H "Authorization: Bearer ${PROD_TOKEN}"' in told
        assert stage.shows("Copied curl command, which needs the variable PROD_TOKEN")
        await pilot.press("Y")
        assert stage.app.clipboard == "runs-tui list --source prod 'state:failed created:>2d'"
        await pilot.press("G", "Y")
        assert stage.app.clipboard == f"runs-tui retry prod/{RUN} --mode failed"
        await pilot.press("k", "k", "k", "Y")
        described = "--api world --url http://world.test"
        assert stage.app.clipboard == f"runs-tui show {described} stage/{RUN}"
        await pilot.press("G")
        await pilot.press("k", "y")
        assert stage.shows("Cannot copy it as curl: curl does not speak WebSocket")
        await pilot.press("Y")
        assert stage.shows("Cannot copy a command: no command asks for this alone")


async def test_nothing_was_asked_yet() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("at")
        await until(pilot, lambda: stage.shows("Nothing was asked of a server yet"))
        await pilot.press("enter", "y", "Y")
        assert stage.shows("there is no request")


async def requests(stage: Stage, pilot: Pilot[Any]) -> None:
    await opened(stage, pilot)
    await pilot.press("k")


async def exchange(stage: Stage, pilot: Pilot[Any]) -> None:
    await opened(stage, pilot)
    await pilot.press("g", "enter")
    await until(pilot, lambda: isinstance(stage.app.screen, ExchangeScreen))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", [requests, exchange], ids=lambda scene: scene.__name__)
def test_it_looks_as_it_did(snap_compare: SnapCompare, scene: Scene, size: tuple[int, int]) -> None:
    stage = Stage()

    async def play(pilot: Pilot[Any]) -> None:
        await scene(stage, pilot)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
