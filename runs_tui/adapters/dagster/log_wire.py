"""Logs, as a Dagster server tells them."""

from pydantic import Field

from runs_tui.adapters.dagster.times import Epoch, Milliseconds
from runs_tui.transport.shapes import Shape


class Cause(Shape):
    """An error, with its traceback."""

    message: str = ""
    stack: list[str] = Field(default_factory=list)


class Link(Shape):
    """One link of the chain of errors behind an error."""

    error: Cause


class WireError(Cause):
    """An error, and those behind it."""

    chain: list[Link] = Field(default_factory=list, alias="errorChain")


class WireEvent(Shape):
    """An event of a run's log."""

    kind: str = Field(alias="__typename")
    message: str = ""
    at: Milliseconds = Field(alias="timestamp")
    level: str = ""
    step: str | None = Field(None, alias="stepKey")
    type: str | None = Field(None, alias="eventType")
    error: WireError | None = None


class LogPage(Shape):
    """Events that follow one another."""

    events: list[WireEvent]
    cursor: str
    more: bool = Field(alias="hasMore")


class Status(Shape):
    """Where a run stands."""

    status: str
    ended: Epoch | None = Field(None, alias="endTime")
