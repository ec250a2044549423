"""Answers that are to be read although their status is a failure's."""

import pytest

from runs_tui.model.errors import Unreachable
from runs_tui.transport.http import Answer, Http, Patience
from tests.transport.script import Script, reply, serving

QUICK = Patience(first_delay=0.01, fresh=0)


def own(answer: Answer) -> bool:
    return answer.body.startswith(b"{")


def http(script: Script) -> Http:
    return Http(script.url, patience=QUICK, tells=own)


async def test_an_answer_of_the_api_itself_is_given_at_once_whatever_its_status() -> None:
    async with serving(reply(500, '{"a": 1}')) as script:
        client = http(script)
        for answer in (await client.ask("/x", {}), await client.send("/x", {})):
            assert (answer.status, answer.body) == (500, b'{"a": 1}')
        await client.close()
    assert len(script.asked) == 2


async def test_any_other_failure_is_tried_again_and_raised() -> None:
    async with serving(reply(502, "Bad Gateway")) as script:
        client = http(script)
        with pytest.raises(Unreachable, match="502 Bad Gateway"):
            await client.ask("/x", {})
        await client.close()
    assert len(script.asked) == QUICK.tries
