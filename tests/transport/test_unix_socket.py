import os
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from runs_tui.model.errors import SourceError, Unreachable
from runs_tui.transport.address import address_of
from runs_tui.transport.http import Http, Patience
from runs_tui.transport.websocket import open_socket
from tests.transport.script import reply, serving_at

QUICK = Patience(first_delay=0.01, longest_delay=0.05, connect=2, read=0.5, whole=1, idle=0.3)


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a directory whose path is short enough for sockets."""
    with TemporaryDirectory() as path:
        yield Path(path)


async def failing(url: str) -> SourceError:
    http = Http(url, patience=QUICK)
    with pytest.raises(Unreachable) as caught:
        await http.get("/api/runs")
    with pytest.raises(Unreachable):
        async with http.stream("/api/events"):
            pass
    await http.close()
    return caught.value


@pytest.mark.parametrize("name", ["a.sock", "with space.sock", "per%cent?#.sock", "ü.sock"])
async def test_requests_go_through_the_socket(place: Path, name: str) -> None:
    async with serving_at(place / name, reply(200, '{"a": 1}')) as script:
        http = Http(script.url, patience=QUICK)
        answer = await http.get("/api/runs", {"limit": 5})
        await http.close()
    assert answer.body == b'{"a": 1}'
    assert answer.where == "GET /api/runs"
    assert answer.server == f"unix://{place / name}"
    (asked,) = script.asked
    assert asked.target == "/api/runs?limit=5"
    assert asked.headers["host"] == "localhost"


async def test_a_stream_comes_through_the_socket(place: Path) -> None:
    async with serving_at(place / "a", reply(200, "data: 1\n\n")) as script:
        http = Http(script.url, patience=QUICK)
        async with http.stream("/api/events") as streaming:
            assert [chunk async for chunk in streaming.chunks()] == [b"data: 1\n\n"]
        await http.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("unix:", "must begin at the root"),
        ("unix://", "must begin at the root"),
        ("unix:a.sock", "must begin at the root"),
        ("unix://a.sock", "must begin at the root"),
        ("unix://.runwisp/a.sock", "must begin at the root"),
        ("unix://host:9/a.sock", "must begin at the root"),
        ("unix:///", "not the path"),
        ("unix:///a/", "not the path"),
        ("unix:///a b", "not the path"),
        ("unix:///a%00b", "not the path"),
        ("unix:///a%1b[31m", "not the path"),
        ("unix:///a?x=1", "holds ? as %3F"),
        ("unix:///a#x", "holds ? as %3F"),
    ],
)
async def test_a_path_that_cannot_be_is_told_with_the_form_it_should_have(
    url: str, words: str
) -> None:
    error = await failing(url)
    assert words in error.detail
    assert "unix:///path/to/file.sock" in error.hint


def test_a_path_is_decoded() -> None:
    assert address_of("unix:///run/a%20b.sock").socket == "/run/a b.sock"
    assert address_of("UNIX:/run/a.sock").socket == "/run/a.sock"
    assert address_of("http://localhost").socket is None


async def test_a_socket_that_is_not_there_is_told_with_its_path(place: Path) -> None:
    error = await failing(f"unix://{place}/none.sock")
    assert error.detail == f"there is no socket {place}/none.sock"
    assert "is the server running" in error.hint


async def test_a_socket_below_a_file_is_not_there(place: Path) -> None:
    (place / "file").touch()
    assert "there is no socket" in (await failing(f"unix://{place}/file/a.sock")).detail


async def test_a_file_that_is_no_socket_is_told(place: Path) -> None:
    (place / "file").touch()
    assert (await failing(f"unix://{place}/file")).detail == f"{place}/file is not a socket"


async def test_a_socket_that_nobody_listens_on_is_told(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place / "left.sock"))
    error = await failing(f"unix://{place}/left.sock")
    assert error.detail == f"nothing listens on the socket {place}/left.sock"


async def test_a_path_that_is_too_long_is_told(place: Path) -> None:
    directory = place / ("d" * 120)
    directory.mkdir()
    within = os.open(directory, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(f"/proc/self/fd/{within}/a")
    except OSError:
        pytest.skip("this system makes no socket that far down")
    finally:
        os.close(within)
    assert "too long for this system" in (await failing(f"unix://{directory}/a")).detail


@pytest.mark.skipif(os.geteuid() == 0, reason="every file is open to this user")
async def test_a_socket_of_somebody_else_is_told(place: Path) -> None:
    async with serving_at(place / "a.sock", reply(200)) as script:
        os.chmod(place / "a.sock", 0)
        error = await failing(script.url)
        assert error.detail == f"this user may not open the socket {place}/a.sock"
        os.chmod(place, 0)
        assert "this user may not look at" in (await failing(script.url)).detail
        os.chmod(place, 0o700)


async def test_a_redirect_to_a_host_is_not_followed(place: Path) -> None:
    answer = reply(302, location="http://127.0.0.1:9/elsewhere")
    async with serving_at(place / "a.sock", answer) as script:
        http = Http(script.url, patience=QUICK)
        with pytest.raises(Unreachable, match="another origin"):
            await http.get("/api/runs")
        await http.close()


async def test_no_websocket_goes_through_it(place: Path) -> None:
    with pytest.raises(Unreachable, match="Unix socket"):
        async with open_socket(f"unix://{place}/a.sock/events"):
            pass
