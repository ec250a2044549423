"""The dialog that names what will be changed, does nothing by default, and can be taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from runs_tui.choices import Choice
from runs_tui.keys import key, quiet
from runs_tui.screens.act_table import ActRow, ActTable
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.option_lines import OptionLines

if TYPE_CHECKING:
    from textual.timer import Timer


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked."""

    title: str
    """The question itself."""
    facts: Sequence[Content]
    """What names the one run; several are named line by line."""
    choices: Sequence[Choice]
    """What may be done besides nothing."""
    cautions: Sequence[str] = ()
    """What a person should know first."""
    names: Sequence[str] = ()
    """The protected sources, whose names must be typed."""


_KEYS = "Enter takes the marked answer, Esc changes nothing"


class ConfirmScreen(ModalScreen[Choice | None], inherit_bindings=False):
    """Names runs and asks what to do to them; gives None for nothing."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        quiet("tab", "app.focus_next", "confirm.tab", "next field", "Next field"),
        key("escape,q,n,backspace", "no", "confirm.no", "no", "Change nothing, or take it back"),
        key("u", "take_back", "confirm.undo", "take it back", "Take it back, nothing is sent yet"),
        key("enter", "now", "confirm.now", "now", "Do it now"),
        quiet("j", "next", "confirm.next", "next", "Next answer"),
        quiet("k", "previous", "confirm.back", "back", "Answer before"),
    ]

    answers = query_one("#confirm-answers", OptionList)
    lines = query_one("#confirm-lines", ActTable)
    told = query_one("#confirm-keys", Static)

    def __init__(self, ask: Callable[[], Question], undo: float) -> None:
        """Ask a question, whose lines may say more once more is known.

        No answer but "No" counts before every name was typed, and for `undo` seconds after an
        answer it can be taken back.
        """
        super().__init__()
        self._ask = ask
        self._question = ask()
        self._undo = undo
        self._left = 0
        self._chosen: Choice | None = None
        self._timer: Timer | None = None
        self._laid_out = False

    @property
    def answered(self) -> bool:
        """Whether it has been answered for good."""
        return self._laid_out and not self.is_current

    def compose(self) -> ComposeResult:
        """Lay out the question, what it is about, and the answers, "No" first."""
        question = self._question
        with Vertical(id="confirm"):
            yield Static(Content(question.title), id="confirm-question")
            yield Static(Content("\n").join(question.facts), id="confirm-facts")
            yield ActTable(id="confirm-lines")
            yield Static("", id="confirm-cautions", classes="caution")
            for number, name in enumerate(question.names):
                what = f"type {name} to change anything there"
                yield LineInput(what, id=f"confirm-name-{number}")
            yield OptionLines(
                Option(Content("No, change nothing")),
                *(
                    Option(Content(each.prompt), disabled=bool(each.why_not))
                    for each in question.choices
                ),
                id="confirm-answers",
                compact=True,
            )
            yield Static(Content(_KEYS), id="confirm-keys")

    def on_mount(self) -> None:
        """Stand on "No"."""
        self._laid_out = True
        self.query_one("#confirm-facts").display = bool(self._question.facts)
        self.query_one("#confirm").set_class(not self._question.facts, "-many")
        self.lines.can_focus = not self._question.facts
        self.answers.highlighted = 0
        self._show_cautions()
        self._show_lines()
        self._show_choices()
        (self._names[0] if self._names else self.answers).focus()

    @property
    def _names(self) -> Sequence[Input]:
        return list(self.query(Input))

    def learn(self) -> None:
        """Ask anew, for more is known of the runs."""
        if self.answered:
            return
        self._question = self._ask()
        if self._laid_out:
            self._show_cautions()
            self._show_lines()
            self._show_choices()

    def _show_cautions(self) -> None:
        """Show what should be minded."""
        cautions = self.query_one("#confirm-cautions", Static)
        cautions.display = bool(self._question.cautions)
        cautions.update(Content("\n").join(map(Content, self._question.cautions)))

    def _show_choices(self) -> None:
        """Show what the answers are called now, and which can be chosen."""
        for index, choice in enumerate(self._question.choices, 1):
            self.answers.replace_option_prompt_at_index(index, Content(choice.prompt))
            if choice.why_not:
                self.answers.disable_option_at_index(index)
            else:
                self.answers.enable_option_at_index(index)

    @on(OptionList.OptionHighlighted, "#confirm-answers")
    def _show_lines(self) -> None:
        """Show what the marked answer does to each run; of "No", what the first other would."""
        if self.answered:
            return
        choices = self._question.choices
        marked = max((self.answers.highlighted or 0) - 1, 0)
        intents = choices[marked].intents if choices else ()
        self.lines.display = not self._question.facts or any(not i.can for i in intents)
        inks = {True: "", False: "table--warning"}
        self.lines.set_rows([ActRow(i.run, i.will, inks[i.can]) for i in intents])

    @on(Input.Submitted)
    def name_typed(self, submitted: Input.Submitted) -> None:
        """Go on to the next name, or to the answers."""
        names = self._names
        following = names.index(submitted.input) + 1
        (names[following] if following < len(names) else self.answers).focus()

    @on(OptionList.OptionSelected, "#confirm-answers")
    def answer(self, chosen: OptionList.OptionSelected) -> None:
        """Give the answer, once it can no longer be taken back."""
        if chosen.option_index == 0:
            self.dismiss(None)
            return
        choice = self._question.choices[chosen.option_index - 1]
        if choice.asks_on:
            self.dismiss(choice)
            return
        wrong = self._not_typed()
        if wrong is not None:
            number, name = wrong
            told = f"{name} is not what is typed above: nothing was changed"
            self.told.update(Content(told))
            self._names[number].focus()
            return
        self._count_down(choice)

    def _not_typed(self) -> tuple[int, str] | None:
        for number, name in enumerate(self._question.names):
            if self._names[number].value.strip() != name:
                return number, name
        return None

    # The time in which it can be taken back

    def _count_down(self, choice: Choice) -> None:
        self._chosen, self._left = choice, round(self._undo)
        if self._left <= 0:
            self.dismiss(choice)
            return
        self.add_class("-counting")
        self.set_focus(None)
        self._tell_count()
        self.call_after_refresh(self.query_one("#confirm").scroll_end, animate=False)
        self._timer = self.set_interval(1.0, self._second_passed)
        self.refresh_bindings()

    def _second_passed(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.action_now()
        else:
            self._tell_count()

    def _tell_count(self) -> None:
        if self._chosen is not None:
            told = f"{self._chosen.doing} in {self._left} s.  u takes it back, Enter does it now"
            self.told.update(Content(told))

    def action_take_back(self) -> None:
        """Take the answer back; nothing was sent."""
        if self._timer is not None:
            self._timer.stop()
        self._chosen, self._timer = None, None
        self.remove_class("-counting")
        self.told.update(Content("Taken back, nothing was sent. " + _KEYS))
        self.answers.highlighted = 0
        self.answers.focus()
        self.refresh_bindings()

    def action_now(self) -> None:
        """Do it without waiting any longer."""
        if self._timer is not None:
            self._timer.stop()
        self.dismiss(self._chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let an answer be taken back, or be hurried, only while it waits."""
        if action in ("take_back", "now"):
            return self._chosen is not None
        return True

    def action_no(self) -> None:
        """Change nothing; an answer that waits is taken back first."""
        if self._chosen is not None:
            self.action_take_back()
        else:
            self.dismiss(None)

    def action_next(self) -> None:
        """Move to the next answer."""
        self.answers.action_cursor_down()

    def action_previous(self) -> None:
        """Move to the answer before."""
        self.answers.action_cursor_up()
