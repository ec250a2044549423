"""A screen with a form: moving from field to field, and saying what is wrong with one."""

from abc import abstractmethod
from typing import ClassVar, TypeVar

from textual import events, on
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from runs_tui.keys import key, quiet
from runs_tui.widgets.form import ChoiceLine, FormField
from runs_tui.widgets.inks import INKS

R = TypeVar("R")


class FormScreen(Screen[R], inherit_bindings=False):
    """Leads through the fields of a form; what is wrong with one is said when it is left."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("tab,down", "app.focus_next", "form.next", "next", "Next field"),
        key("shift+tab,up", "app.focus_previous", "form.back", "back", "Field before"),
        quiet("right", "app.focus_next", "form.right", "next button", "Next button"),
        quiet("left", "app.focus_previous", "form.left", "button before", "Button before"),
    ]

    @abstractmethod
    def check(self, field: FormField) -> bool:
        """Say what is wrong with a field, or what there is to say; tell whether it is right."""

    @on(Input.Blurred)
    def finish(self, blurred: Input.Blurred) -> None:
        """Say what is wrong with a field that was left."""
        if self.is_current:
            self.check(field_of(blurred.input))

    @on(Input.Submitted)
    def go_on(self, submitted: Input.Submitted) -> None:
        """Go on to the next field, unless there is something to mend."""
        if self.check(field_of(submitted.input)):
            self.focus_next()

    @on(ChoiceLine.Kept)
    def go_on_from_choice(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    @on(events.DescendantFocus)
    def show_whole(self, focused: events.DescendantFocus) -> None:
        """Let the field be seen with the sentence below it."""
        for field in focused.widget.ancestors:
            if isinstance(field, FormField):
                self.call_after_refresh(field.scroll_visible, animate=False)


def field_of(control: Widget) -> FormField:
    """Give the field that a line or a button belongs to."""
    return next(field for field in control.ancestors if isinstance(field, FormField))
