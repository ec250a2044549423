"""What a form is made of: fields with a sentence below each, choices, and buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Static

from runs_tui.keys import key, quiet
from runs_tui.widgets.parts_line import Parts, PartsLine, width_of


class ChoiceLine(PartsLine, can_focus=True):
    """A few words, one of which is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("right,l,space", "turn(1)", "choice.next", "choose", "The choice to the right"),
        quiet("left,h", "turn(-1)", "choice.back", "choose back", "The choice to the left"),
        key("enter", "keep", "choice.keep", "go on", "Go on to the next field"),
    ]

    place: var[int] = var(0, init=False)
    """Which of the words is chosen."""

    @dataclass
    class Changed(Message):
        """Another word is chosen."""

        line: "ChoiceLine"

        @property
        def control(self) -> "ChoiceLine":
            """Give the line."""
            return self.line

    @dataclass
    class Kept(Message):
        """The choice shall be as it is."""

    def __init__(self, words: Sequence[str], place: int = 0, *, id: str | None = None) -> None:
        """Begin with the first word, or with that of a place."""
        super().__init__(id=id)
        self._words = words
        self.set_reactive(ChoiceLine.place, place)
        self._show()

    @property
    def chosen(self) -> str:
        """Give the word that is chosen."""
        return self._words[self.place]

    def watch_place(self) -> None:
        """Show which word is chosen now."""
        self._show()
        self.post_message(self.Changed(self))

    def action_turn(self, places: int) -> None:
        """Choose another word, the first one after the last."""
        self.place = (self.place + places) % len(self._words)

    def action_keep(self) -> None:
        """Go on."""
        self.post_message(self.Kept())

    def on_click(self, click: events.Click) -> None:
        """Choose the word under the pointer."""
        first = self._first
        parts = self._parts_from(first)
        for number in range(len(parts)):
            if click.x < width_of(parts[: number + 1]):
                self.place = first + number
                return

    def on_resize(self) -> None:
        """Let the chosen word be seen."""
        self._show()

    def _show(self) -> None:
        self.show((self._parts_from(self._first), ()))

    @property
    def _first(self) -> int:
        """The first word that is shown, so that the chosen one fits."""
        for first in range(self.place):
            upto = self._parts_from(first)[: self.place - first + 1]
            if width_of(upto) <= self.size.width:
                return first
        return self.place

    def _parts_from(self, first: int) -> Parts:
        return [
            (f"▸{word}  ", "table--accent") if place == self.place else (f" {word}  ", "table--dim")
            for place, word in enumerate(self._words)
            if place >= first
        ]


class ButtonLine(PartsLine, can_focus=True):
    """Something to do, by Enter or by a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter,space", "press", "button.press", "do it", "Do what the button says"),
    ]

    @dataclass
    class Pressed(Message):
        """It shall be done."""

        button: "ButtonLine"

        @property
        def control(self) -> "ButtonLine":
            """Give the button."""
            return self.button

    def __init__(self, label: str, *, id: str | None = None) -> None:
        """Say what it does."""
        super().__init__(id=id)
        self.name_it(label)

    def name_it(self, label: str) -> None:
        """Say something else."""
        parts = [(f"[{label}]", "")]
        self.styles.width = width_of(parts) + 2
        self.show((parts, ()))

    def action_press(self) -> None:
        """Do it."""
        self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """Do it."""
        self.action_press()


class FormField(Vertical):
    """One thing to fill in: what it is, where that is done, and a sentence about it."""

    def __init__(self, key: str, label: str, control: Widget, about: str = "") -> None:
        """Take what names it, what a person reads, and where it is filled in."""
        super().__init__()
        self.key = key
        self.control = control
        self._label = Static(Content(label), classes="label")
        self._note = Static(classes="note")
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay out the line and the sentence."""
        with Horizontal():
            yield self._label
            yield self.control
        yield self._note

    def on_mount(self) -> None:
        """Say what it is about."""
        self.tell()

    @property
    def wrong(self) -> bool:
        """Tell whether it complains."""
        return self.has_class("-wrong")

    def name_it(self, label: str, about: str) -> None:
        """Let it be about something else."""
        self._label.update(Content(label))
        self._about = about
        self.tell()

    def tell(self, sentence: str = "") -> None:
        """Say something, or else what it is about."""
        self._say(sentence or self._about)
        self.remove_class("-wrong")

    def complain(self, sentence: str) -> None:
        """Say what is wrong."""
        self._say(f"✗ {sentence}")
        self.add_class("-wrong")

    def _say(self, sentence: str) -> None:
        self._note.display = bool(sentence)
        self._note.update(Content(sentence))
