"""What is seen before the board is there, and what becomes of keys that are typed meanwhile."""

from threading import Event

from textual import events

from runs_tui.adapters.unopened import Opened, Unopened
from runs_tui.app import RunsApp
from runs_tui.screens.opening import OpeningScreen
from tests.screens.stage import Stage, until


class Opening:
    """A stage whose sources are opened when it is said."""

    def __init__(self) -> None:
        self.said = Event()
        self.stage = Stage()
        sources = [self.stage.prod, self.stage.stage]

        def opened() -> Opened:
            assert self.said.wait(30)
            return Opened(sources, "a word about them")

        self.stage.app = RunsApp(
            Unopened({"prod": "red", "stage": None}, opened),
            clock=self.stage.clock,
            pace=self.stage.app.pace,
            run_pace=self.stage.app.run_pace,
        )


async def test_sources_are_named_before_they_are_opened() -> None:
    opening = Opening()
    stage = opening.stage
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: stage.shows("○ prod …  ○ stage …"))
        assert stage.shows("Reading the runs of prod, stage…")
        assert stage.shows("/ filter")
        assert stage.app.board is None
        opening.said.set()
        await until(pilot, lambda: stage.app.board is stage.app.screen)
        await until(pilot, lambda: stage.shows("● prod now"))
        assert stage.shows("a word about them")


async def test_keys_typed_before_the_board_is_there_are_for_the_board() -> None:
    opening = Opening()
    app = opening.stage.app
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpeningScreen))
        for key in ("slash", *"state", "colon", *"failed", "enter"):
            app.post_message(events.Key(key, key if len(key) == 1 else {"colon": ":"}.get(key)))
        await until(pilot, lambda: app.typed_ahead == 14)
        opening.said.set()
        await until(pilot, lambda: app.board is not None)
        board = app.board
        assert board is not None
        await until(pilot, lambda: str(board.query_shown) == "state:failed")


async def test_nobody_waits_for_sources_to_leave() -> None:
    opening = Opening()
    app = opening.stage.app
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpeningScreen))
        app.post_message(events.Key("ctrl+c", None))
        await until(pilot, lambda: not app.is_running)
        opening.said.set()
    assert app.return_code == 0
