"""Taking in what the transport tells of each exchange with a server."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from runs_tui.model.errors import SourceError
from runs_tui.model.exchange import Exchange, Exchanges
from runs_tui.model.own_log import PROGRAM

_LOG = PROGRAM.getChild("exchanges")


class _Ear(logging.Handler):
    def __init__(self, exchanges: Exchanges) -> None:
        super().__init__()
        self._exchanges = exchanges

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, Exchange):
            self._exchanges.put(record.msg)


@contextmanager
def hearing(exchanges: Exchanges) -> Iterator[None]:
    """Take in every exchange until it is left."""
    ear = _Ear(exchanges)
    before = _LOG.level
    _LOG.addHandler(ear)
    _LOG.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        _LOG.removeHandler(ear)
        _LOG.setLevel(before)


def note_failure(about: object, error: SourceError) -> None:
    """Let the log have why a source, a run or its events could not be read."""
    PROGRAM.warning("%s: %s", about, error.sentence)


def note_defect(error: BaseException) -> None:
    """Let the log have what failed that never should, and where."""
    PROGRAM.error("a defect", exc_info=error)
