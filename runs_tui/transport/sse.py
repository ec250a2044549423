"""Server-sent events out of text that comes in pieces."""

from dataclasses import dataclass, field

from runs_tui.transport._frames import LIMIT, Frame, Line, Lines, is_json


@dataclass(slots=True)
class _Event:
    data: list[str] = field(default_factory=list)
    size: int = 0
    event: str = ""
    id: str | None = None
    cut: bool = False


class ServerSentEvents:
    """Reads the event stream format; an event without data is none, but its id counts."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.last_id: str | None = None
        """The id to resume after."""
        self.retry: float | None = None
        """The seconds that the server wants between two connections."""
        self._lines = Lines()
        self._event = _Event()

    def feed(self, text: str) -> list[Frame]:
        """Take more text and give the events that it completes."""
        frames = (self._line(line) for line in self._lines.feed(text))
        return [frame for frame in frames if frame]

    def close(self) -> list[Frame]:
        """Give the event that was not ended, if it is whole all the same."""
        for line in self._lines.close():
            self._line(line)
        frame = self._dispatch()
        return [frame] if frame and is_json(frame.text) else []

    def _line(self, line: Line) -> Frame | None:
        if not line.text:
            return self._dispatch()
        name, _, value = line.text.partition(":")
        self._field(name, value.removeprefix(" "))
        self._event.cut = self._event.cut or line.cut
        return None

    def _field(self, name: str, value: str) -> None:
        event = self._event
        match name:
            case "data":
                room = max(LIMIT - event.size, 0)
                event.cut = event.cut or len(value) > room
                event.data.append(value[:room])
                event.size += len(value) + 1
            case "event":
                event.event = value
            case "id" if "\0" not in value:
                event.id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value[:12]) / 1000

    def _dispatch(self) -> Frame | None:
        event, self._event = self._event, _Event()
        if event.id is not None:
            self.last_id = event.id or None
        if not event.data:
            return None
        return Frame("\n".join(event.data), event.event, event.id or None, event.cut)
