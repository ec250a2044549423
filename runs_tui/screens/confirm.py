"""The dialog that names what will be changed, and does nothing by default."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from runs_tui.keys import key, quiet
from runs_tui.model.run import RetryMode
from runs_tui.widgets.line_input import LineInput


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done."""

    label: str
    """What a person reads."""
    mode: RetryMode | None = None
    """From where a retry starts; None for a cancel."""
    step: str | None = None
    """The key of the step it starts from."""


_KEYS = "Enter takes the marked answer, Esc changes nothing"


class ConfirmScreen(ModalScreen[Choice | None], inherit_bindings=False):
    """Names a run and asks what to do to it; gives None for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        quiet("tab", "app.focus_next", "confirm.tab", "next field", "Next field"),
        key("escape,q,n,backspace", "no", "confirm.no", "no", "Change nothing"),
        quiet("j", "next", "confirm.next", "next", "Next answer"),
        quiet("k", "previous", "confirm.back", "back", "Answer before"),
    ]

    answers = query_one("#confirm-answers", OptionList)

    def __init__(
        self,
        question: str,
        facts: Sequence[Content],
        choices: Sequence[Choice],
        *,
        caution: str | None = None,
        type_name: str | None = None,
    ) -> None:
        """Ask a question about the thing that the facts name.

        With `type_name`, no answer but "No" counts before that name was typed.
        """
        super().__init__()
        self._question = question
        self._facts = facts
        self._choices = choices
        self._caution = caution
        self._type_name = type_name

    def compose(self) -> ComposeResult:
        """Lay out the question, what it is about, and the answers, "No" first."""
        with Vertical(id="confirm"):
            yield Static(Content(self._question), id="confirm-question")
            yield Static(Content("\n").join(self._facts), id="confirm-facts")
            if self._caution:
                yield Static(Content(self._caution), id="confirm-caution")
            if self._type_name:
                what = f"type {self._type_name} to change anything there"
                yield LineInput(what, id="confirm-name")
            labels = ["No, change nothing", *(choice.label for choice in self._choices)]
            yield OptionList(
                *(Option(Content(label)) for label in labels), id="confirm-answers", compact=True
            )
            yield Static(Content(_KEYS), id="confirm-keys")

    def on_mount(self) -> None:
        """Stand on "No"."""
        self.answers.highlighted = 0
        (self.query_one_optional("#confirm-name", Input) or self.answers).focus()

    @on(Input.Submitted, "#confirm-name")
    def name_typed(self) -> None:
        """Go on to the answers."""
        self.answers.focus()

    @on(OptionList.OptionSelected, "#confirm-answers")
    def answer(self, chosen: OptionList.OptionSelected) -> None:
        """Give the answer."""
        if chosen.option_index == 0:
            self.dismiss(None)
        elif self._name_is_typed():
            self.dismiss(self._choices[chosen.option_index - 1])
        else:
            told = f"{self._type_name} is not what is typed above: nothing was changed"
            self.query_one("#confirm-keys", Static).update(Content(told))
            self.query_one("#confirm-name", Input).focus()

    def _name_is_typed(self) -> bool:
        if self._type_name is None:
            return True
        return self.query_one("#confirm-name", Input).value.strip() == self._type_name

    def action_no(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def action_next(self) -> None:
        """Move to the next answer."""
        self.answers.action_cursor_down()

    def action_previous(self) -> None:
        """Move to the answer before."""
        self.answers.action_cursor_up()
