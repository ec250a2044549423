"""The form that describes a source, and tries whether it answers."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from runs_tui.keys import key
from runs_tui.model.errors import SourceError
from runs_tui.model.settings import Api, SourceSettings
from runs_tui.screens.apis import ApisScreen
from runs_tui.screens.describing import (
    ORIGINS,
    AddsSources,
    answer_of,
    free_name,
    words_of,
    wrong_token,
)
from runs_tui.screens.form_screen import FormScreen, field_of
from runs_tui.screens.hearing import note_defect
from runs_tui.widgets.form import ButtonLine, ChoiceLine, FormField
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.parts_line import PartsLine


class AddSourceScreen(FormScreen[SourceSettings | None]):
    """Asks for everything that a source needs; gives None where nothing shall be saved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "form.leave", "leave", "Leave; nothing is saved"),
    ]

    told = query_one("#form-told", Static)

    def __init__(
        self, api: Api, apis: Sequence[Api], adding: AddsSources, taken: Collection[str]
    ) -> None:
        """Begin with an API; a name that is taken replaces its source, and that is said."""
        super().__init__()
        self._api = api
        self._apis = apis
        self._adding = adding
        self._taken = taken
        self._button = ButtonLine(_more(api))
        self._called = LineInput()
        self._url = LineInput("https://")
        self._origin = ChoiceLine(list(ORIGINS), id="form-origin")
        self._token = LineInput()
        self._read_only = ChoiceLine(["no", "yes"])
        self._protected = ChoiceLine(["no", "yes"])
        self._token_field = FormField("token", "", self._token)
        self._options: Mapping[str, LineInput] = {}

    def compose(self) -> ComposeResult:
        """Lay out the fields and the buttons."""
        yield PartsLine(id="form-head")
        with Vertical(id="form-fields"):
            yield FormField("api", "API", self._button, self._api.about)
            yield FormField("name", "name", self._called, "what you call it")
            yield FormField("url", "address", self._url, "of its API, without a credential")
            yield FormField("origin", "credential", self._origin)
            yield self._token_field
            yield Vertical(id="form-options")
            about = "yes: nothing can be cancelled or retried through it"
            yield FormField("read_only", "read only", self._read_only, about)
            about = "yes: its name must be typed before anything is changed"
            yield FormField("protected", "protected", self._protected, about)
        yield Static(id="form-told")
        with Horizontal(id="form-buttons"):
            yield ButtonLine("Test the connection", id="test")
            yield ButtonLine("Save and open", id="save")
            yield ButtonLine("Leave", id="leave")
        yield KeyLine(id="keys")

    async def on_mount(self) -> None:
        """Propose a name, and ask for it first."""
        head = [(" runs-tui  ", "table--strong"), ("add a source", "")]
        self.query_one("#form-head", PartsLine).show((head, ()))
        self._token_field.display = False
        self._called.value = free_name(self._api.name, self._taken)
        await self._offer_options()
        self._called.focus()

    # What is filled in

    @property
    def typed(self) -> SourceSettings:
        """Give the source as it is described now."""
        token = self._token.value.strip()
        origin = self._origin.chosen if token else "none"
        return SourceSettings(
            name=self._called.value.strip(),
            api=self._api.name,
            url=self._url.value.strip(),
            token_env=token if origin == "variable" else None,
            token_command=words_of(token) if origin == "command" else (),
            token_keyring=token if origin == "keyring" else None,
            read_only=self._read_only.chosen == "yes",
            protected=self._protected.chosen == "yes",
            options={
                name: value for name, line in self._options.items() if (value := line.value.strip())
            },
        )

    def _wrong(self) -> Mapping[str, str]:
        """Say what is wrong with each field."""
        token = wrong_token(self._origin.chosen, self._token.value.strip())
        return {**self._adding.wrong(self.typed), **({"token": token} if token else {})}

    # While it is filled in

    @on(Input.Changed)
    def take_text(self, changed: Input.Changed) -> None:
        """Forget what was found of another text; a complaint is taken back once it is mended."""
        self._forget_test()
        field = field_of(changed.input)
        if field.wrong:
            self.check(field)
            return
        self._tell(field)
        if field is self._token_field and self._origin.chosen != "keyring":
            self._look_for_token()

    @on(ChoiceLine.Changed)
    def take_choice(self) -> None:
        """Forget what was found of another choice."""
        self._forget_test()

    @on(ChoiceLine.Changed, "#form-origin")
    def ask_for_token(self) -> None:
        """Ask where the credential is."""
        what, about = ORIGINS[self._origin.chosen]
        self._token_field.display = bool(what)
        self._token_field.name_it(what, about)
        self._look_for_token()

    def check(self, field: FormField) -> bool:
        """Say what is wrong with a field, or what there is to say; tell whether it is right."""
        complaint = self._wrong().get(field.key)
        if complaint:
            field.complain(complaint)
            self.call_after_refresh(field.scroll_visible, animate=False)
        elif field.wrong:
            self._tell(field)
        if field is self._token_field and not complaint:
            self._look_for_token()
        return not complaint

    def _tell(self, field: FormField) -> None:
        name = self._called.value.strip()
        if field.key == "name" and name in self._taken:
            field.tell(f"there is a source {name} already: saving replaces it")
        else:
            field.tell()

    def _look_for_token(self) -> None:
        if self._token.value.strip() and "token" not in self._wrong():
            self.look_for_token(self.typed)

    @work(group="looking", exclusive=True, exit_on_error=False)
    async def look_for_token(self, source: SourceSettings) -> None:
        """Say whether the credential is there."""
        prospect = await asyncio.to_thread(self._adding.prospect, source)
        if prospect and self.is_attached and source == self.typed:
            self._token_field.tell(prospect)

    # The API

    @on(ButtonLine.Pressed)
    def press(self, pressed: ButtonLine.Pressed) -> None:
        """Do what a button says."""
        does: Mapping[str | None, Callable[[], object]] = {
            "test": self._ask_test,
            "save": self._save,
            "leave": self.action_leave,
        }
        does.get(pressed.button.id, self.choose_api)()

    @work(group="choosing", exclusive=True)
    async def choose_api(self) -> None:
        """Ask for another API."""
        api = await self.app.push_screen_wait(ApisScreen(self._apis, self._api))
        if api is None or api == self._api:
            return
        proposed = self._called.value == free_name(self._api.name, self._taken)
        self._api = api
        self._button.name_it(_more(api))
        field_of(self._button).name_it("API", api.about)
        await self._offer_options()
        if proposed:
            self._called.value = free_name(self._api.name, self._taken)
        self._forget_test()

    async def _offer_options(self) -> None:
        self._options = {name: LineInput() for name in self._api.options}
        fields = [
            FormField(f"options.{name}", name, self._options[name], about)
            for name, about in self._api.options.items()
        ]
        await self.query_one("#form-options").remove_children()
        await self.query_one("#form-options").mount_all(fields)

    # What comes of it

    def _ask_test(self) -> None:
        if self._is_right():
            self.told.set_classes("-asking")
            self.told.update(Content(f"Asking {self.typed.url}…"))
            self.test(self.typed)

    @work(group="testing", exclusive=True, exit_on_error=False)
    async def test(self, settings: SourceSettings) -> None:
        """Read one run from the source, and say what came."""
        source = await asyncio.to_thread(self._adding.open, settings)
        try:
            self._tell_test(await answer_of(source), "-fine")
        except SourceError as error:
            self._tell_test(error.sentence, "-failed")
        finally:
            await source.close()

    @on(Worker.StateChanged)
    def tell_defect(self, changed: Worker.StateChanged) -> None:
        """Say that something failed that never should."""
        error = changed.worker.error
        if changed.state is WorkerState.ERROR and error is not None:
            note_defect(error)
            self._tell_test(f"A defect of runs-tui: {type(error).__name__}", "-failed")

    def _tell_test(self, sentence: str, look: str) -> None:
        mark = "✗" if look == "-failed" else "✓"
        self.told.set_classes(look)
        self.told.update(Content(f"{mark} {sentence}"))
        if look == "-fine" and self.focused is self.query_one("#test"):
            self.query_one("#save").focus()

    def _forget_test(self) -> None:
        self.workers.cancel_group(self, "testing")
        self.told.set_classes("")
        self.told.update("")

    def _save(self) -> None:
        if self._is_right():
            self.dismiss(self.typed)

    def _is_right(self) -> bool:
        """Tell whether nothing is wrong; else go to what is, and say it."""
        self._forget_test()
        wrong = self._wrong()
        fields = [field for field in self.query(FormField) if field.key in wrong]
        for field in fields:
            field.complain(wrong[field.key])
        if fields:
            fields[0].control.focus()
        elif wrong:
            self._tell_test(next(iter(wrong.values())), "-failed")
        return not wrong

    def action_leave(self) -> None:
        """Save nothing."""
        self.dismiss(None)


def _more(api: Api) -> str:
    return f"{api.name} ▾"
