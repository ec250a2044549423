from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runs_tui.model.errors import Unauthorized, Unreachable
from runs_tui.model.query import Query
from tests.engines.dagu_server import BASIC, BUILTIN, PASSWORD, USER, dagu_engine
from tests.engines.dagu_source import VARIABLE, source_at

if TYPE_CHECKING:
    from tests.engines.dagu_server import DaguEngine

PAIR = f"{USER}:{PASSWORD}"


async def lists(url: str, secret: str | None, auth: str | None = None) -> list[str]:
    options = {"auth": auth} if auth else {}
    async with source_at(url, secret, options=options) as source:
        return [run.id for run in (await source.runs(Query())).items]


async def refused(url: str, secret: str | None, auth: str | None = None) -> None:
    with pytest.raises(Unauthorized) as caught:
        await lists(url, secret, auth=auth)
    assert secret is None or VARIABLE in caught.value.hint
    assert PASSWORD not in caught.value.sentence


async def test_basic(dagu: DaguEngine) -> None:
    with dagu_engine(BASIC) as engine:
        engine.client.auth = (USER, PASSWORD)
        run_id = engine.finished("fan")
        assert await lists(engine.url, PAIR) == [run_id]
        assert await lists(engine.url.replace("//", f"//{PAIR}@"), None) == [run_id]
        await refused(engine.url, None)
        await refused(engine.url, f"{USER}:wrong")


async def test_users_of_its_own_and_their_keys(dagu: DaguEngine) -> None:
    with dagu_engine(BUILTIN) as engine:
        answer = engine.client.post("/auth/login", json={"username": USER, "password": PASSWORD})
        engine.client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        run_id = engine.finished("fan")
        made = engine.client.post("/api-keys", json={"name": "tests", "role": "manager"})
        assert await lists(engine.url, PAIR, auth="login") == [run_id]
        assert await lists(engine.url, answer.json()["token"]) == [run_id]
        assert await lists(engine.url, made.json()["key"]) == [run_id]
        await refused(engine.url, f"{USER}:wrong", auth="login")
        await refused(engine.url, "no-key")
        await refused(engine.url, None)


async def test_a_server_that_is_gone_is_unreachable(dagu: DaguEngine) -> None:
    with dagu_engine() as engine:
        url = engine.url
    with pytest.raises(Unreachable):
        await lists(url, None)
