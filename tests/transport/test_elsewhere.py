import logging

import pytest

from runs_tui.model.errors import BadAnswer, NotFound, Unauthorized, Unreachable
from runs_tui.model.exchange import Exchange
from runs_tui.transport.address import address_of
from runs_tui.transport.answer import Answer
from runs_tui.transport.auth import bearer
from runs_tui.transport.elsewhere import fetched
from runs_tui.transport.http import Http, Patience
from tests.transport.script import reply, serving

SECRET = "s3cret-of-the-api"
QUICK = Patience(first_delay=0.01, longest_delay=0.05, read=2, whole=2, fresh=0)


def http(url: str) -> Http:
    return Http(url, auth=bearer(SECRET), credential_origin="A_TOKEN", patience=QUICK)


async def test_what_is_elsewhere_comes_without_the_credential_being_sent() -> None:
    async with serving(reply(200, "a log")) as other:
        async with serving(reply(302, location=f"{other.url}/x?a=1&a=2&sig=b%2Bc")) as api:
            answer = await http(api.url).get_elsewhere("/logs")
        assert answer.body == b"a log"
        (asked,) = other.asked
        assert asked.target == "/x?a=1&a=2&sig=b%2Bc"
        assert not {"authorization", "cookie"} & asked.headers.keys()
        assert SECRET not in str(asked)
        assert api.asked[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_what_is_here_after_all_is_given() -> None:
    async with serving(reply(302, location="/moved"), reply(200, "here")) as api:
        assert (await http(api.url).get_elsewhere("/logs")).body == b"here"
        assert [each.path for each in api.asked] == ["/logs", "/moved"]
        assert all("authorization" in each.headers for each in api.asked)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410])
async def test_what_the_other_host_refuses_is_not_there(status: int) -> None:
    async with serving(reply(status, "<Error>no</Error>")) as other:
        async with serving(reply(302, location=f"{other.url}/x?sig=secret")) as api:
            with pytest.raises(NotFound, match="what it redirects to is not at") as caught:
                await http(api.url).get_elsewhere("/logs")
        assert caught.value.status == status
        assert "sig" not in caught.value.sentence


async def test_what_the_api_refuses_is_told_as_always() -> None:
    async with serving(reply(401, '{"message": "no"}')) as api:
        with pytest.raises(Unauthorized, match="no"):
            await http(api.url).get_elsewhere("/logs")


async def test_another_host_that_does_not_answer_is_unreachable() -> None:
    async with serving(reply(200)) as other:
        pass
    async with serving(reply(302, location=f"{other.url}/x")) as api:
        with pytest.raises(Unreachable):
            await http(api.url).get_elsewhere("/logs")


@pytest.mark.parametrize(
    "place",
    ["http://logs.example.org/x", "ftp://logs.example.org/x", "https://u:p@logs.example.org/x",
     "https://[/x"],
)  # fmt: skip
async def test_a_secure_api_leads_to_secure_places_only(place: str) -> None:
    answer = Answer(302, {"location": place}, b"", "GET /logs")
    with pytest.raises(BadAnswer, match="not followed"):
        await fetched(answer, address_of("https://api.example.org"), http)


async def test_the_record_shows_no_signature(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "runs_tui.exchanges")
    async with (
        serving(reply(200, "a log")) as other,
        serving(reply(302, location=f"{other.url}/x?se=1&sig=tellN0body")) as api,
    ):
        await http(api.url).get_elsewhere("/logs")
    told = [each.msg for each in caplog.records if isinstance(each.msg, Exchange)]
    assert {each.url.partition("?")[0] for each in told} == {f"{api.url}/logs", f"{other.url}/x"}
    assert "se=1" in str(told)
    assert "tellN0body" not in str(told)


async def test_other_reads_still_stay_with_the_api() -> None:
    async with serving(reply(200)) as other:
        async with serving(reply(302, location=other.url)) as api:
            with pytest.raises(Unreachable, match="another origin"):
                await http(api.url).get("/logs")
        assert other.asked == []
