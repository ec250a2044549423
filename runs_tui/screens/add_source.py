"""The form that describes a source, and tries whether it answers."""

import asyncio
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from time import perf_counter
from typing import ClassVar, Protocol

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from runs_tui import looks
from runs_tui.adapters.base import Page, Source
from runs_tui.keys import key, quiet
from runs_tui.model.errors import SourceError
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.settings import Api, SourceSettings
from runs_tui.screens.apis import ApisScreen
from runs_tui.widgets.form import ButtonLine, ChoiceLine, FormField
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.parts_line import PartsLine


class AddsSources(Protocol):
    """What adding a source needs of a configuration."""

    def apis(self) -> Sequence[Api]:
        """Give every API that a source can be of."""
        ...

    def taken(self) -> Sequence[str]:
        """Give the names of the sources that are configured."""
        ...

    def wrong(self, source: SourceSettings) -> Mapping[str, str]:
        """Say what is wrong with each setting, by name, as `url`, `token` or `options.auth`."""
        ...

    def prospect(self, source: SourceSettings) -> str | None:
        """Say whether its credential can be had, without telling it."""
        ...

    def open(self, source: SourceSettings) -> Source:
        """Open it, and fetch its credential for that, which may take a while."""
        ...

    def keep(self, source: SourceSettings) -> str:
        """Keep it, and say where, as the end of a sentence."""
        ...


_ORIGINS = {
    "none": ("", ""),
    "variable": ("variable", "the name of the variable that holds it; never the secret itself"),
    "command": ("command", "prints it in its first line, as: pass show prod"),
    "keyring": ("entry", "where the system's keyring has it, as: runs-tui/prod"),
}
"""Where a credential comes from, each with what is asked for then, and a sentence about that."""


class AddSourceScreen(Screen[SourceSettings | None], inherit_bindings=False):
    """Asks for everything that a source needs; gives None where nothing shall be saved."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("tab,down", "app.focus_next", "form.next", "next", "Next field"),
        key("shift+tab,up", "app.focus_previous", "form.back", "back", "Field before"),
        quiet("right", "app.focus_next", "form.right", "next button", "Next button"),
        quiet("left", "app.focus_previous", "form.left", "button before", "Button before"),
        key("escape", "leave", "form.leave", "leave", "Leave; nothing is saved"),
    ]

    told = query_one("#form-told", Static)
    options = query_one("#form-options", Vertical)

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
        self._origin = ChoiceLine(list(_ORIGINS), id="form-origin")
        self._token = LineInput()
        self._read_only = ChoiceLine(["no", "yes"])
        self._protected = ChoiceLine(["no", "yes"])
        self._token_field = FormField("token", "", self._token)

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
        self._called.value = self._proposed
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
            token_command=_words(token) if origin == "command" else (),
            token_keyring=token if origin == "keyring" else None,
            read_only=self._read_only.chosen == "yes",
            protected=self._protected.chosen == "yes",
            options={name: value for name, value in self._options_typed().items() if value.strip()},
        )

    def _options_typed(self) -> Mapping[str, str]:
        fields = {field.key: field.control for field in self.query(FormField)}
        inputs = {name: fields.get(f"options.{name}") for name in self._api.options}
        return {n: line.value.strip() for n, line in inputs.items() if isinstance(line, Input)}

    @property
    def _proposed(self) -> str:
        """Give a name after the API that is not taken."""
        number = 2
        name = self._api.name
        while name in self._taken:
            name = f"{self._api.name}-{number}"
            number += 1
        return name

    def _wrong(self) -> Mapping[str, str]:
        """Say what is wrong with each field."""
        told = dict(self._adding.wrong(self.typed))
        token, origin = self._token.value.strip(), self._origin.chosen
        if origin != "none" and not token:
            what, _ = _ORIGINS[origin]
            told["token"] = f"the {what} is missing: type it, or choose none above"
        elif origin == "command" and not _words(token):
            told["token"] = "a quote in the command is not closed"
        return told

    # While it is filled in

    @on(Input.Changed)
    def take_text(self, changed: Input.Changed) -> None:
        """Forget what was found of another text; a complaint is taken back once it is mended."""
        self._forget_test()
        field = _field_of(changed.input)
        if field.wrong:
            self._check(field)
        else:
            self._tell(field)

    @on(Input.Blurred)
    def finish(self, blurred: Input.Blurred) -> None:
        """Say what is wrong with a field that was left."""
        if self.is_current:
            self._check(_field_of(blurred.input))

    @on(Input.Submitted)
    def go_on(self, submitted: Input.Submitted) -> None:
        """Go on to the next field, unless there is something to mend."""
        field = _field_of(submitted.input)
        if self._check(field):
            self.focus_next()

    @on(ChoiceLine.Kept)
    def go_on_from_choice(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    @on(ChoiceLine.Changed)
    def take_choice(self) -> None:
        """Forget what was found of another choice."""
        self._forget_test()

    @on(ChoiceLine.Changed, "#form-origin")
    def ask_for_token(self) -> None:
        """Ask where the credential is."""
        what, about = _ORIGINS[self._origin.chosen]
        self._token_field.display = bool(what)
        self._token_field.name_it(what, about)
        self._tell(self._token_field)

    @on(events.DescendantFocus)
    def show_whole(self, focused: events.DescendantFocus) -> None:
        """Let the field be seen with the sentence below it."""
        for field in focused.widget.ancestors:
            if isinstance(field, FormField):
                self.call_after_refresh(field.scroll_visible, animate=False)

    def _check(self, field: FormField) -> bool:
        """Say what is wrong with a field, or what there is to say; tell whether it is right."""
        complaint = self._wrong().get(field.key)
        if complaint:
            field.complain(complaint)
            self.call_after_refresh(field.scroll_visible, animate=False)
        elif field.wrong or field is self._token_field:
            self._tell(field)
        return not complaint

    def _tell(self, field: FormField) -> None:
        name = self._called.value.strip()
        if field.key == "name" and name in self._taken:
            field.tell(f"there is a source {name} already: saving replaces it")
            return
        field.tell()
        token = self._token.value.strip()
        if field is self._token_field and token and "token" not in self._wrong():
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
        proposed = self._called.value == self._proposed
        self._api = api
        self._button.name_it(_more(api))
        _field_of(self._button).name_it("API", api.about)
        await self._offer_options()
        if proposed:
            self._called.value = self._proposed
        self._forget_test()

    async def _offer_options(self) -> None:
        await self.options.remove_children()
        await self.options.mount_all(
            FormField(f"options.{name}", name, LineInput(), about)
            for name, about in self._api.options.items()
        )

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
            begun = perf_counter()
            page = await source.runs(Query(limit=1))
            told = f"It answers in {(perf_counter() - begun) * 1000:,.0f} ms, {_amount(page)}"
        except SourceError as error:
            self._tell_test(error.sentence, "-failed")
        else:
            self._tell_test(told, "-fine")
        finally:
            await source.close()

    @on(Worker.StateChanged)
    def tell_defect(self, changed: Worker.StateChanged) -> None:
        """Say that something failed that never should."""
        error = changed.worker.error
        if changed.state is WorkerState.ERROR and error is not None:
            self.log.error(error)
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


def _words(command: str) -> tuple[str, ...]:
    """Give the words of a command; none where a quote is not closed."""
    with suppress(ValueError):
        return tuple(shlex.split(command))
    return ()


def _field_of(control: Widget) -> FormField:
    return next(field for field in control.ancestors if isinstance(field, FormField))


def _amount(page: Page[Run]) -> str:
    if page.total is not None:
        return looks.counted(page.total, "run")
    return "and has runs" if page.items or page.next else "no run yet"
