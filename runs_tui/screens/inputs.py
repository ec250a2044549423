"""The form in which the inputs of a run are changed before it is started again."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from runs_tui.keys import key
from runs_tui.model.inputs import UNSET, Inputs, JsonValue
from runs_tui.model.run import Run
from runs_tui.screens.confirm import ConfirmScreen, Question
from runs_tui.screens.form_screen import FormScreen, field_of
from runs_tui.widgets.form import ButtonLine, ChoiceLine, FormField
from runs_tui.widgets.input_field import InputField
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import PartsLine

Values = Mapping[str, JsonValue]
_ABOUT = 'Text is typed as it is, all else as JSON; an empty field is left out, "" is empty text.'
_KEPT = "Nothing was sent; what you changed is still here"


class InputsScreen(FormScreen[Values | None]):
    """Asks for the inputs of a new run, and then whether it shall be started; gives None if not."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "inputs.leave", "leave", "Leave; nothing is sent"),
    ]

    told = query_one("#form-told", Static)

    def __init__(
        self,
        run: Run,
        inputs: Inputs,
        ask: Callable[[Values], Question],
        undo: float,
        *,
        values: Values | None = None,
        said: str = "",
    ) -> None:
        """Begin with what a run was started with, or with values of which something was said."""
        super().__init__()
        self._run = run
        self._ask = ask
        self._undo = undo
        self._said = said
        begun = inputs.values if values is None else values
        self._fields: Sequence[InputField] = [
            InputField(field, begun.get(field.name, UNSET)) for field in inputs.fields
        ]

    def compose(self) -> ComposeResult:
        """Lay out the fields and the buttons."""
        yield PartsLine(id="form-head")
        yield Static(Content(_ABOUT), id="form-about")
        yield Vertical(*self._fields, id="form-fields")
        yield Static(id="form-told")
        with Horizontal(id="form-buttons"):
            yield ButtonLine("Go on", id="go")
            yield ButtonLine("Leave", id="leave")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Say which run it is about, and stand on its first input."""
        run = self._run
        head = [(" runs-tui  ", "table--strong"), ("retry with changed inputs  ", "")]
        whose = [(f"{run.workflow}  {run.source}/{run.name or run.id}", "table--dim")]
        self.query_one("#form-head", PartsLine).show(([*head, *whose], ()))
        self._say(self._said, "-failed")
        self._fields[0].control.focus()

    # While it is filled in

    @on(Input.Changed)
    def take_text(self, changed: Input.Changed) -> None:
        """Mark what is not as it was; a complaint is taken back once it is mended."""
        self._renew(field_of(changed.input))

    @on(ChoiceLine.Changed)
    def take_choice(self, changed: ChoiceLine.Changed) -> None:
        """Mark what is not as it was."""
        self._renew(field_of(changed.line))

    def _renew(self, field: FormField) -> None:
        if isinstance(field, InputField):
            field.renew()

    def check(self, field: FormField) -> bool:
        """Say what is wrong with an input; tell whether it is right."""
        complaint = field.complaint if isinstance(field, InputField) else None
        if complaint:
            field.complain(complaint)
            self.call_after_refresh(field.scroll_visible, animate=False)
        return not complaint

    # What comes of it

    @on(ButtonLine.Pressed)
    def press(self, pressed: ButtonLine.Pressed) -> None:
        """Do what a button says."""
        if pressed.button.id == "leave":
            self.action_leave()
            return
        wrong = [field for field in self._fields if not self.check(field)]
        if wrong:
            wrong[0].control.focus()
            return
        self._say("")
        told = {field.key: field.value for field in self._fields}
        self.confirm({name: value for name, value in told.items() if value is not UNSET})

    @work(group="asking", exclusive=True)
    async def confirm(self, values: Values) -> None:
        """Ask whether a run shall be started with these values, and give them if so."""
        question = self._ask(values)
        dialog = ConfirmScreen(lambda: question, self._undo)
        if await self.app.push_screen_wait(dialog) is None:
            self._say(_KEPT, "-asking")
        else:
            self.dismiss(values)

    def _say(self, sentence: str, look: str = "") -> None:
        mark = "✗ " if look == "-failed" else ""
        self.told.set_classes(look if sentence else "")
        self.told.update(Content(f"{mark}{sentence}" if sentence else ""))

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)
