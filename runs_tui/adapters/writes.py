"""What an answer to a write tells of the run that it was about."""

from collections.abc import Awaitable, Callable

from runs_tui.model.errors import Conflict, Refused
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.transport.http import Answer

Reads = Callable[[], Awaitable[Run]]
Tells = Callable[[Answer], Awaitable[Run]]


async def changed(answer: Answer, tells: Tells, read: Reads) -> Run:
    """Give the run that an answer to a write tells, or read it where that tells nothing."""
    return await (read() if answer.body.strip() in {b"", b"null"} else tells(answer))


async def stopped(asked: Awaitable[Answer], tells: Tells, read: Reads) -> Run:
    """Give the run that was asked to stop; raise Conflict if it was over."""
    try:
        answer = await asked
    except Refused as refused:
        if refused.status == 400 and not (await read()).active:
            raise Conflict(refused.detail) from None
        raise
    run = await changed(answer, tells, read)
    if run.state.terminal and run.state is not State.CANCELLED:
        raise Conflict(f"it is already {run.state}")
    return run
