from typing import TYPE_CHECKING

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.adapters.dagu import Dagu
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import NotFound, Refused, Unauthorized
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.dagu_world import served
from tests.adapters.sources import closing

if TYPE_CHECKING:
    from runs_tui.demo.dagu.guard import Guard

PAIR = "someone:c0ntract-s3cret"


async def test_a_credential_with_a_colon_goes_as_basic() -> None:
    async with served(PAIR, auth="basic") as place:
        async with closing(place.source(PAIR)) as source:
            assert (await source.runs(Query(limit=5))).items
        with_user = place.url.replace("//", f"//{PAIR}@")
        async with closing(place.source(url=with_user)) as source:
            assert (await source.runs(Query(limit=5))).items


async def test_a_user_is_logged_in_once() -> None:
    async with served(PAIR, auth="login") as place:
        async with closing(place.source(PAIR, auth="login")) as source:
            run = (await source.runs(Query(limit=5))).items[0]
            await source.run(run.id)
            await source.steps(run.id)
        assert [request.method for request in place.asked("/auth/login")] == ["POST"]


async def test_a_token_that_has_run_out_is_replaced() -> None:
    door: list[Guard] = []
    async with served(PAIR, auth="login", door=door) as place:
        async with closing(place.source(PAIR, auth="login")) as source:
            await source.runs(Query(limit=5))
            door[0].token = "another"
            assert (await source.runs(Query(limit=5))).items
        assert len(place.asked("/auth/login")) == 2


async def test_a_write_is_not_sent_again_where_the_token_is_refused() -> None:
    async with (
        served(PAIR, auth="login") as place,
        closing(place.source(PAIR, auth="login")) as source,
    ):
        run = next(r for r in place.world.runs(place.clock.now()) if r.state is State.FAILED)
        await source.run(run.id)
        place.faults.add(Fault(path="/retry", status=401))
        with pytest.raises(Unauthorized):
            await source.retry(run.id, RetryMode.FAILED)
        assert len(place.asked("/retry")) == 1
        assert (await source.retry(run.id, RetryMode.FAILED)).active


@pytest.mark.parametrize("secret", ["someone:wrong", "someone", "someone:", ":x", None])
async def test_a_login_that_fails_is_told(secret: str | None) -> None:
    async with (
        served(PAIR, auth="login") as place,
        closing(place.source(secret, auth="login")) as source,
    ):
        with pytest.raises(Unauthorized) as caught:
            await source.runs(Query())
        assert caught.value.hint
        assert "wrong" not in caught.value.sentence


def test_an_auth_that_there_is_not_is_told() -> None:
    with pytest.raises(Refused, match="did you mean 'login'"):
        Dagu(Connection(name="d", url="http://127.0.0.1:1", options={"auth": "logins"}))


@pytest.mark.parametrize("ending", ["", "/", "/api/v1", "/api/v1/"])
async def test_the_api_of_newer_versions_is_found(ending: str) -> None:
    async with served(api="v1") as place:
        async with closing(place.source(url=place.url + ending)) as source:
            run = (await source.runs(Query(limit=5))).items[0]
            assert (
                await source.run(run.id)
            ).url == f"{place.url}/dag-runs/{run.workflow_name}/{run.id}"
        tried = [request.path for request in place.asked() if request.status == 404]
        assert tried == ([] if "v1" in ending else ["/api/v2/dag-runs"])


async def test_a_password_in_the_address_is_in_no_page_of_a_run() -> None:
    async with served(PAIR, auth="basic") as place:
        url = place.url.replace("://", f"://{PAIR}@")
        async with closing(place.source(url=f"{url}/api/v2")) as source:
            run = (await source.runs(Query(limit=5))).items[0]
            assert run.url == f"{place.url}/dag-runs/{run.workflow_name}/{run.id}"
            assert source.run_id_of(run.url) == run.id


async def test_a_server_that_is_none_of_dagu_is_told() -> None:
    async with served() as place, closing(place.source(url=place.url + "/nowhere")) as source:
        with pytest.raises(NotFound) as caught:
            await source.runs(Query())
        assert "the address of the API?" in caught.value.hint
