"""One session, from the start to the cut connection, and the next one after it."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runs_tui.demo.server import DemoServer
from tests.sessions import walk
from tests.sessions.dashboard import CUT, Dashboard
from tests.sessions.places import Bare, Place, Ssh, Tmux, ssh_server
from tests.sessions.window import PATIENCE

pytestmark = pytest.mark.timeout(240)
API = "automation_runs"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve a world whose time hardly passes, so that what runs goes on running."""
    server = DemoServer([API], runs=300, speed=0.01)
    server.start()
    yield server.urls[API]
    server.stop()


@pytest.fixture(params=["window", "tmux", "ssh"])
def place(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> Iterator[Place]:
    """Give where a session runs."""
    with ExitStack() as stack:
        dashboard = Dashboard(tmp_path, url)
        stack.callback(dashboard.close)
        if request.param == "ssh":
            yield Ssh(dashboard, tmp_path, stack.enter_context(ssh_server(tmp_path)))
        elif request.param == "tmux":
            if shutil.which("tmux") is None:
                pytest.skip("tmux is not installed")
            tmux = Tmux(dashboard, f"runs-tui-{uuid.uuid4().hex}")
            stack.callback(tmux.end)
            yield tmux
        else:
            yield Bare(dashboard)


def test_a_session_is_taken_up_where_it_was_cut(place: Place) -> None:
    with ExitStack() as stack:
        window = stack.enter_context(place.window())
        walk.begin(window)
        walk.scroll(window)
        walk.filter_runs(window)
        walk.open_and_follow(window)
        walk.cancel(window)
        walk.mark(window)
        left = walk.place(window)
        assert left.filter == "state:running"
        assert left.marked == "1"
        if isinstance(place, Tmux):
            window.press("\x02d")
            assert window.wait() == 0
            window = stack.enter_context(place.attached())
            walk.find(window, left)
        place.cut(window)
        assert place.dashboard.ends_within(CUT)
    with place.window() as again:
        walk.find(again, left)
        again.press("\x03")
        assert place.dashboard.ends_within(PATIENCE)
