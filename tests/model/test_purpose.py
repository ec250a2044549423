import asyncio

import pytest

from runs_tui.model.purpose import Purpose, Verb, asking, purpose


@pytest.mark.parametrize(
    ("verb", "about", "options", "command"),
    [
        ("list", "", (), "runs-tui list --source prod"),
        (
            "list",
            "state:failed a 'b",
            (),
            """runs-tui list --source prod 'state:failed a '"'"'b'""",
        ),
        ("list", "-state:failed", (), "runs-tui list --source prod -- -state:failed"),
        ("show", "a/b c", (), "runs-tui show 'prod/a/b c'"),
        ("tail", "7", (), "runs-tui tail prod/7"),
        ("cancel", "7", (), "runs-tui cancel prod/7"),
        ("retry", "7", ("--step", "a b"), "runs-tui retry prod/7 --step 'a b'"),
        ("try", "", (), "runs-tui sources --source prod"),
        ("follow", "", (), None),
    ],
)
def test_the_command_that_asks_for_the_same(
    verb: Verb, about: str, options: tuple[str, ...], command: str | None
) -> None:
    assert Purpose(verb, about, options).command("prod") == command


async def test_it_follows_the_work_that_is_begun_within() -> None:
    async def told() -> str:
        await asyncio.sleep(0)
        return str(purpose())

    with asking("cancel", "7"):
        begun = asyncio.gather(told(), told())
        with asking("show", "7"):
            assert str(purpose()) == "cancel 7"
    assert set(await begun) == {"cancel 7"}
    assert purpose() is None
