"""How far the story of a run was told."""

from collections.abc import Iterable, Sequence

from runs_tui.adapters.github_actions.story import Chapter, chapter_id, line_number
from runs_tui.model.run import Event

_END = "end."


class Told:
    """The chapters that were told, and of one log perhaps only its first lines."""

    def __init__(self, after: str | None, story: Sequence[Chapter]) -> None:
        """Begin with all told up to an event; with nothing where there is none of that id."""
        self._chapters: set[str] = set()
        self._line: tuple[str, int] | None = None
        if after is not None:
            self._begin(after, story)

    def _begin(self, after: str, story: Sequence[Chapter]) -> None:
        ids = [chapter.id for chapter in story]
        wanted = chapter_id(after)
        if wanted in ids:
            place = ids.index(wanted)
            self._chapters.update(ids[:place])
            if story[place].event is not None:
                self._chapters.add(wanted)
            else:
                self._line = wanted, line_number(after)
        elif after.startswith(_END) and after[len(_END) :].isdecimal():
            last = int(after[len(_END) :][:9])
            self._chapters.update(each.id for each in story if each.order[0] <= last)

    def whole(self, chapter: Chapter) -> bool:
        """Tell whether a chapter was told to its end."""
        return chapter.id in self._chapters

    def rest(self, chapter: Chapter, events: Iterable[Event]) -> Iterable[Event]:
        """Give what was not told of a chapter, which counts as told then."""
        line = self._line[1] if self._line and self._line[0] == chapter.id else -1
        for event in events:
            if line < 0 or line_number(event.id or "") > line:
                yield event
        self._chapters.add(chapter.id)
