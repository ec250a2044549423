"""A field for one input of a run: what it is, what it was, and what is wrong with it."""

from textual.widget import Widget

from runs_tui.model.input_text import (
    complaint_of,
    if_left_out,
    kind_of,
    shown,
    text_of,
    told_choices,
    value_of,
    writing_of,
)
from runs_tui.model.inputs import UNSET, MaybeValue, RunInput, same
from runs_tui.model.text import clean
from runs_tui.widgets.form import ChoiceLine, FormField
from runs_tui.widgets.line_input import LineInput

CHANGED = "*"
"""Stands before the name of an input that is not as it was."""
_LEFT_OUT = "(left out)"


class InputField(FormField):
    """One input; a value that nobody touched stays as it was told, whatever it is."""

    def __init__(self, field: RunInput, value: MaybeValue) -> None:
        """Ask for an input, beginning with a value."""
        self.field = field
        self._writing = writing_of(field)
        self._was = text_of(field.value, self._writing)
        self._values = _choices(field)
        control = self._choosing(value) if self._values else self._typing(value)
        super().__init__(field.name, "", control)

    def on_mount(self) -> None:
        """Say what it is about."""
        self.renew()

    @property
    def value(self) -> MaybeValue:
        """Give what it is to be now; raise ValueError with what is wrong with the text."""
        if isinstance(self.control, ChoiceLine):
            return self._values[self.control.place]
        text = self.control.value if isinstance(self.control, LineInput) else ""
        return self.field.value if text == self._was else value_of(text, self._writing)

    @property
    def complaint(self) -> str | None:
        """Say what is wrong with it; None where nothing is."""
        try:
            return complaint_of(self.field, self.value)
        except ValueError as error:
            return str(error)

    def renew(self) -> None:
        """Say what it is about now; a complaint stands until there is nothing to complain of."""
        complained = self.wrong
        complaint = self.complaint
        changed = complaint is not None or not same(self.value, self.field.value)
        mark = CHANGED if changed else " "
        self.name_it(f"{mark} {clean(self.field.name) or '–'}", self._sentence(changed=changed))
        if complained and complaint:
            self.complain(complaint)

    def _sentence(self, *, changed: bool) -> str:
        field = self.field
        told = [f"was {shown(field, field.value, 60)}"] if changed else []
        what = (kind_of(field), "required" if field.required else "")
        told.append(", ".join(part for part in what if part))
        if field.choices and not self._values:
            told.append(f"one of {told_choices(field)}")
        told += [if_left_out(field), field.about]
        return " · ".join(part for part in told if part)

    def _typing(self, value: MaybeValue) -> Widget:
        line = LineInput("left out")
        line.value = text_of(value, self._writing)
        line.password = self.field.secret
        return line

    def _choosing(self, value: MaybeValue) -> Widget:
        words = [
            _LEFT_OUT if each is UNSET else text_of(each, self._writing) for each in self._values
        ]
        places = (place for place, each in enumerate(self._values) if same(each, value))
        return ChoiceLine(words, next(places, 0))


def _choices(field: RunInput) -> list[MaybeValue]:
    """Give what can be chosen: what it was, too, and nothing where that is allowed."""
    if not field.choices or field.secret:
        return []
    values: list[MaybeValue] = list(field.choices)
    known = any(same(field.value, choice) for choice in values)
    if field.value is not UNSET and not known:
        values.insert(0, field.value)
    optional = not field.required or field.default is not UNSET
    return [*values, UNSET] if optional or field.value is UNSET else values
