"""Frames out of a stream of bytes, whichever framing its server chose."""

import codecs
import re
from typing import Protocol

from runs_tui.transport._frames import LIMIT, Frame, Lines
from runs_tui.transport.json_values import JsonValues
from runs_tui.transport.sse import ServerSentEvents

__all__ = ["LIMIT", "Frame", "Frames", "JsonValues", "PlainLines", "ServerSentEvents"]

_EVENT_STREAM = "text/event-stream"
_BLANK = " \t\r\n"
_FIELDS = ("data:", "event:", "id:", "retry:")
_ARRAY = re.compile(r"\[\s*([^\s])")


class Decoder(Protocol):
    """Reads one framing."""

    def feed(self, text: str) -> list[Frame]:
        """Take more text and give the frames that it completes."""
        ...

    def close(self) -> list[Frame]:
        """Give what is whole in the rest."""
        ...


class PlainLines:
    """Gives each line that is not blank."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lines = Lines()

    def feed(self, text: str) -> list[Frame]:
        """Take more text and give the lines that it completes."""
        lines = self._lines.feed(text)
        return [Frame(line.text, cut=line.cut) for line in lines if line.text.strip()]

    def close(self) -> list[Frame]:
        """Give the last line, where it has no end."""
        lines = self._lines.close()
        return [Frame(line.text, cut=line.cut) for line in lines if line.text.strip()]


class Frames:
    """Finds out the framing from the header and the first bytes, and reads it."""

    def __init__(self, content_type: str = "") -> None:
        """Take the header, which the first bytes may contradict."""
        self._is_event_stream = _EVENT_STREAM in content_type.lower()
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._start = ""
        self._decoder: Decoder | None = None

    @property
    def retry(self) -> float | None:
        """The seconds that the server wants between two connections."""
        events = self._decoder
        return events.retry if isinstance(events, ServerSentEvents) else None

    @property
    def last_id(self) -> str | None:
        """The id to resume after, where the framing has one."""
        events = self._decoder
        return events.last_id if isinstance(events, ServerSentEvents) else None

    def feed(self, data: bytes) -> list[Frame]:
        """Take more bytes and give the frames that they complete."""
        return self._feed(self._text.decode(data))

    def close(self) -> list[Frame]:
        """Give what is whole in the rest, when the stream has ended in order."""
        frames = self._feed(self._text.decode(b"", final=True))
        if self._decoder is None and self._start:
            self._decoder = PlainLines()
            frames += self._decoder.feed(self._start)
        return frames + (self._decoder.close() if self._decoder else [])

    def _feed(self, text: str) -> list[Frame]:
        if self._decoder is None:
            self._start = text = (self._start + text).lstrip("\ufeff" + _BLANK)
            self._decoder = self._decided(text)
        return self._decoder.feed(text) if self._decoder else []

    def _decided(self, start: str) -> Decoder | None:
        """Give the decoder that the first text calls for; None where more must be seen."""
        if not start:
            return None
        if start[0] in "{\x1e":
            return JsonValues()
        if start[0] == "[":
            return self._array_or_text(start)
        if start[0] == ":" or start.startswith(_FIELDS) or self._is_event_stream:
            return ServerSentEvents()
        if any(field.startswith(start) for field in _FIELDS):
            return None
        return PlainLines()

    def _array_or_text(self, start: str) -> Decoder | None:
        second = _ARRAY.match(start)
        if second is None:
            return None
        return JsonValues() if second[1] in '{["]' else PlainLines()
