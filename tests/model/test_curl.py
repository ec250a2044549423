import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from runs_tui.model.curl import curl, why_no_curl
from runs_tui.model.exchange import Body, Exchange, Exchanges
from runs_tui.screens.hearing import hearing
from runs_tui.transport.auth import Auth, basic, bearer, cookie, header
from runs_tui.transport.http import Http
from tests.model.test_exchange import exchange
from tests.transport.script import Script, reply, serving, serving_at

SECRET = """pl4nted 't0ken" $HOME `id` \\ end"""
OK = reply(200, "{}", connection="close")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")


async def ask(script: Script, auth: Auth, body: object = None) -> Exchange:
    """Ask once, and give the exchange."""
    exchanges = Exchanges()
    http = Http(script.url, auth=auth, credential_origin="PROD_TOKEN", source="prod")
    with hearing(exchanges):
        if body is None:
            await http.get("/runs", {"q": ["a b", "c'd", "é&$(id)"]})
        else:
            await http.ask("/filter", body)
        await http.close()
    return exchanges.all[0]


async def paste(text: str, secret: str) -> None:
    """Run a command line in a shell that has the variable."""
    env = {**os.environ, "PROD_TOKEN": secret}
    shell = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", text, env=env, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await shell.communicate()
    assert told == b"{}"


@needs_curl
@pytest.mark.parametrize(
    "auth",
    [
        bearer(SECRET),
        header("X-API-Key", SECRET),
        cookie("vai", SECRET),
        basic(f"me:{SECRET}"),
    ],
    ids=lambda auth: auth.form,
)
async def test_what_is_pasted_asks_the_same(auth: Auth) -> None:
    async with serving(OK) as script:
        told = await ask(script, auth)
        await paste(curl(told), auth.secrets[0])
        before, after = script.asked
    assert "pl4nted" not in curl(told)
    assert (after.method, after.target) == (before.method, before.target)
    for name in ("authorization", "x-api-key", "cookie", "accept"):
        assert after.headers.get(name) == before.headers.get(name)


@needs_curl
async def test_a_body_is_sent_as_it_was() -> None:
    body: Any = {"state": ["it's", "$HOME", "é"], "file": "@/etc/hosts"}
    async with serving(OK) as script:
        told = await ask(script, bearer(SECRET), body)
        await paste(curl(told), SECRET)
        before, after = script.asked
    assert (after.method, json.loads(after.body)) == ("POST", body)
    assert after.headers["content-type"] == before.headers["content-type"]


@needs_curl
async def test_it_goes_through_the_unix_socket(tmp_path: Path) -> None:
    async with serving_at(tmp_path / "a b.sock", OK) as script:
        told = await ask(script, bearer(SECRET))
        await paste(curl(told), SECRET)
        assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (exchange(1, method="WS"), "curl does not speak WebSocket"),
        (exchange(1, request=Body(withheld=True)), "its body is made of a credential"),
        (exchange(1, request=Body(b"x", 9)), "its body is not kept"),
    ],
)
def test_what_curl_cannot_ask(told: Exchange, why: str) -> None:
    assert (why_no_curl(told) or "").startswith(why)


def test_a_stream_is_shown_as_it_comes() -> None:
    assert curl(exchange(1, stream=True)) == "curl -N https://prod.test/runs"
