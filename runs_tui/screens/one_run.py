"""One open run: reading it, its tabs and its feed, and what can be done to it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import BindingType
from textual.getters import query_one
from textual.reactive import var
from textual.widgets import Input

from runs_tui import looks
from runs_tui.adapters.base import Action, Relates, Source
from runs_tui.adapters.intents import why_not
from runs_tui.keys import key, quiet
from runs_tui.model.board import Board
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run, RunKey
from runs_tui.screens.event_reading import EventsArrived, EventsRewound, StreamFailed
from runs_tui.screens.expecting import expectation
from runs_tui.screens.explaining import Explaining
from runs_tui.screens.handing_over import HandsOver
from runs_tui.screens.hearing import note_failure
from runs_tui.screens.kindred import Kindred, KinFailed, KinRead
from runs_tui.screens.lasting import Lasting
from runs_tui.screens.older_reading import OlderFailed, OlderReader
from runs_tui.screens.opened import Opened
from runs_tui.screens.run_reading import RunFailed, RunPace, RunRead, RunReader
from runs_tui.widgets.feed_table import FeedTable
from runs_tui.widgets.parts_line import PartsLine
from runs_tui.widgets.plan_table import PlanTable
from runs_tui.widgets.run_pane import TABS, RunPane
from runs_tui.widgets.searching import FindAsked
from runs_tui.widgets.value_table import ValueTable
from runs_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual.timer import Timer

    from runs_tui.model.feed import Feed
    from runs_tui.screens.acting import Asking
    from runs_tui.screens.confirm import ConfirmScreen
    from runs_tui.screens.ledger import Ledger, LedgerScreen

FLASH = 6.0
"""For how many seconds a message stands."""

ACTS: list[BindingType] = [
    key("R", "retry", "run.retry", "retry", "Retry the run; asks first"),
    key("X", "cancel", "run.cancel", "cancel", "Cancel the run; asks first"),
    key("y", "copy_id", "run.copy", "copy id", "Copy the id of the run"),
    quiet("Y", "copy_more", "run.copy_more", "copy…", "Choose what of it to copy"),
    key("d", "diff", "run.diff", "diff", "Compare the run with its last good one"),
    quiet("o", "browse", "run.browse", "browser", "Open the web address of the run"),
]
"""What can be done to the open run."""
TURNS: list[BindingType] = [
    key(
        "right_square_bracket,full_stop",
        "next_tab(1)",
        "pane.tab",
        "tab",
        "Next tab of the run pane",
        display="]",
    ),
    quiet(
        "left_square_bracket,comma",
        "next_tab(-1)",
        "pane.tab_back",
        "tab back",
        "Previous tab of the run pane",
        display="[",
    ),
    key("exclamation_mark", "tab('why')", "pane.why", "why", "Why the run failed", display="!"),
    quiet("t", "tab('steps')", "pane.steps", "steps", "Steps of the run"),
    quiet("L", "tab('events')", "pane.events", "events", "Events of the whole run"),
    quiet("a", "tab('attempts')", "pane.attempts", "attempts", "Attempts, parent and child runs"),
    quiet("i", "tab('json')", "pane.json", "JSON", "The run as JSON"),
]
"""What turns up the tabs of its pane."""


class OneRun(HandsOver, inherit_bindings=False):
    """Reads one run at a time and shows it in a pane; knows all runs of the board."""

    board: var[Board] = var(Board(), init=False)
    """Every run that is known."""

    pane = query_one(RunPane)
    position = query_one("#position", PartsLine)

    def __init__(
        self, sources: Mapping[str, Source], clock: Clock, run_pace: RunPace, undo: float
    ) -> None:
        """Read runs of some sources; for `undo` seconds an action can be taken back."""
        super().__init__()
        self.sources = dict(sources)
        self.clock = clock
        self.run_pace = run_pace
        self.undo = undo
        self.denied: dict[tuple[str, Action], str] = {}
        """What sources have refused, with what they said, until they do it."""
        self.opened = Opened()
        self.explaining = Explaining(self)
        self._lasting = Lasting()
        self.kindred = Kindred(self)
        self.older = OlderReader(self.post_message)
        self._open_key: RunKey | None = None
        self._expected_from: Sequence[Run] = ()
        self.pending: dict[RunKey, str] = {}
        """What is being done to runs, and not answered yet."""
        self._flash = ""
        self._flash_timer: Timer | None = None

    # What it says

    def flash(self, sentence: str, *, stays: bool = False) -> None:
        """Say something for a few seconds, or until there is something else to say."""
        self._flash = sentence
        self.tell_position()
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = None if stays else self.set_timer(FLASH, self._end_flash)

    def was_read(self) -> None:
        """Let a message that stays go in a few seconds: somebody is here."""
        if self._flash and self._flash_timer is None:
            self.flash(self._flash)

    def _end_flash(self) -> None:
        self._flash = ""
        self.tell_position()

    def tell_position(self) -> None:
        """Show the message that stands, if one does."""
        told = f" {self._flash}" if self._flash else ""
        self.position.show(([(told, "table--accent")], ()))

    # Reading it

    @property
    def chosen(self) -> Run | None:
        """Give the run that actions are about: the one that the pane shows."""
        return self.pane.shown

    def open_run(self, run: Run | None) -> None:
        """Show a run in the pane and read it."""
        now = self.clock.now()
        self._open_key = run.key if run else None
        self._expect(run)
        self.pane.show_run(run, now)
        self._lasting.over()
        self.workers.cancel_group(self, "run")
        self.refresh_bindings()
        if run is None:
            return
        plan, feed = self.opened.open(run.key)
        if plan is not None:
            self.pane.show_plan(plan)
        self.pane.feed_table.show_feed(feed)
        self._show_json(run, plan)
        self.explaining.explain()
        self.kindred.turn_up()
        self._read_open(run)

    def _expect(self, run: Run | None) -> None:
        self._expected_from = self.board.runs
        self.pane.expectation = expectation(self.board.runs, run)

    def expect_anew(self) -> None:
        """Learn what is to be expected of the open run again, if other runs are known by now."""
        if self.board.runs is not self._expected_from:
            self._expect(self.chosen)

    def _read_open(self, run: Run) -> None:
        """Read the open run, from where its reading was left; nothing where all is known."""
        self.workers.cancel_group(self, "run")
        plan, feed = self.opened.open(run.key)
        if plan is not None and feed.complete and not run.active:
            return
        if run.active and feed.complete:
            feed.complete = False
            self.pane.feed_table.take_in()
        reader = RunReader(self.sources[run.source], run.id, feed, self.run_pace, self.post_message)
        self.read_run(reader.read, feed)

    @work(group="run", exit_on_error=False)
    async def read_run(self, read: Callable[[], Awaitable[None]], feed: "Feed") -> None:
        """Read a run until it is over, or another one is shown."""
        await read()
        if feed.complete and feed is self.pane.feed_table.feed:
            self.pane.feed_table.take_in()
            self.explaining.explain()

    @on(RunRead)
    def take_run(self, read: RunRead) -> None:
        """Put a run as it was read on the board and in the pane."""
        self.opened.plan(read.run.key, read.plan)
        self.board = self.board.put(read.run)
        if read.run.key != self._open_key:
            return
        self.pane.trouble = ""
        self._expect(read.run)
        self.pane.show_run(self.board.get(read.run.key), self.clock.now())
        self.pane.show_plan(read.plan)
        self._show_json(read.run, read.plan)
        self.explaining.explain()
        self.kindred.turn_up()
        self.refresh_bindings()

    @on(EventsArrived)
    def take_events(self, arrived: EventsArrived) -> None:
        """Put events into the feed of their run, for nothing tells them again."""
        feed = self.opened.kept_feed(arrived.key)
        if feed is None:
            return
        lines = feed.add(arrived.events)
        if feed is self.pane.feed_table.feed:
            self._lasting.came(lines)
            self.pane.feed_table.take_in()
            self.explaining.take_in()

    @on(EventsRewound)
    def take_rewound(self, rewound: EventsRewound) -> None:
        """Put the newest events into the feed, or older ones before its first."""
        feed = self.opened.kept_feed(rewound.key)
        if feed is None:
            return
        if feed.first_id == rewound.before:
            feed.put_before(rewound.events, rewound.older)
        elif rewound.before is None:
            feed.add(rewound.events)
        if feed is self.pane.feed_table.feed:
            self.pane.feed_table.take_in()
            self.explaining.take_in()

    @on(FeedTable.OlderWanted)
    def want_older(self) -> None:
        """Read the events before the first one of the feed."""
        if self._open_key is not None:
            self.read_older(self._open_key)

    @work(group="older", exit_on_error=False)
    async def read_older(self, key: RunKey) -> None:
        """Read older events of a run, to the end even where another run is shown meanwhile."""
        await self.older.read(self.sources[key.source], key, self.opened.feed(key))

    @on(OlderFailed)
    def mark_older(self, failed: OlderFailed) -> None:
        """Say why older events did not come."""
        note_failure(f"{failed.key}, its older events", failed.error)
        if failed.key == self._open_key:
            self.pane.feed_table.older_failed(failed.error.sentence)

    @on(RunFailed)
    def mark_run(self, failed: RunFailed) -> None:
        """Say why the open run cannot be read; what was read stays."""
        note_failure(failed.key, failed.error)
        if failed.key == self._open_key:
            self.pane.show_trouble(failed.error.sentence)

    @on(StreamFailed)
    def mark_stream(self, failed: StreamFailed) -> None:
        """Say why the events cannot be read; those that were stay."""
        note_failure(f"{failed.key}, its events", failed.error)
        if failed.key == self._open_key:
            self.pane.feed_table.show_trouble(failed.error.sentence)
            self.explaining.explain()

    def read_on(self) -> None:
        """Read the open run on where it was over and goes on: it was started again elsewhere."""
        run = self.chosen
        feed = self.opened.kept_feed(run.key) if run else None
        if run is not None and run.active and feed is not None and feed.complete:
            self._read_open(run)

    def _show_json(self, run: Run, plan: Plan | None) -> None:
        if self.pane.tab == "json":
            from runs_tui.model import shapes

            steps = list(plan.steps.values()) if plan else []
            self.pane.document(shapes.of_run_and_steps(run, steps, self.clock.now()))

    # Its tabs

    def action_next_tab(self, direction: int) -> None:
        """Show another tab of the run pane."""
        self.action_tab(TABS[(TABS.index(self.pane.tab) + direction) % len(TABS)])

    def action_tab(self, tab: str) -> None:
        """Show one tab of the run pane."""
        self.remove_class("-paneless")
        self.pane.choose_tab(tab)
        self.explaining.explain()
        self.refresh_bindings()
        if self.chosen is not None:
            self._show_json(self.chosen, self.pane.plan)
            self.kindred.turn_up()

    # Its lineage

    @work(group="kin", exclusive=True, exit_on_error=False)
    async def read_kin(self, key: RunKey) -> None:
        """Read which runs a run belongs to."""
        await asyncio.sleep(self.run_pace.settle)
        source = self.sources.get(key.source)
        if isinstance(source, Relates):
            try:
                with asking("show", key.id):
                    kin = await source.kin(key.id)
                self.post_message(KinRead(key, kin))
            except SourceError as error:
                self.post_message(KinFailed(key, error))

    @on(KinRead)
    def take_kin(self, read: KinRead) -> None:
        """Show the lineage of a run as it was read."""
        self.kindred.take(read)

    @on(KinFailed)
    def mark_kin(self, failed: KinFailed) -> None:
        """Say why the lineage of a run cannot be read."""
        note_failure(f"{failed.key}, its lineage", failed.error)
        self.kindred.mark(failed)

    # Its feed

    @on(VirtualTable.Chosen, "#plan")
    def show_step(self, chosen: VirtualTable.Chosen) -> None:
        """Show the events of one step, or of all again; of a step that is a run, that run.

        Where a step is the whole run, all events are its own.
        """
        step, run = self.pane.step, self.chosen
        if not isinstance(chosen.table, PlanTable) or step is None or run is None:
            return
        if step.child_run is not None and step.child_run != run.id:
            self.go_to_key(RunKey(run.source, step.child_run))
        else:
            feed, whole = self.pane.feed_table, step.child_run is not None
            feed.only_step(None if whole or feed.step == step.key else step.key)
            if (whole or feed.step is not None) and not feed.display:
                self.action_tab("events")

    def go_to_key(self, key: RunKey, told: Run | None = None) -> None:
        """Show the run of a key as it is known, or told, or else asked of its source."""
        raise NotImplementedError

    @on(FeedTable.Changed)
    def tell_feed(self) -> None:
        """Say what of the feed is shown."""
        self.pane.feed_head.show(self.pane.feed_table.told())

    @on(FeedTable.NoneThere)
    def say_none(self, wanted: FeedTable.NoneThere) -> None:
        """Say that there is no such line."""
        self.flash(f"There is no {wanted.what} among the events that were read")

    # Searching it

    @on(FindAsked)
    def find(self) -> None:
        """Ask for the words to search the table of this tab for."""
        self.pane.add_class("-finding")
        self.pane.find_input.value = self.pane.searchable.words
        self.pane.find_input.focus()

    @on(Input.Changed, "#find")
    def find_while_typing(self, changed: Input.Changed) -> None:
        """Search while the words are typed."""
        if self.pane.has_class("-finding"):
            self.pane.searchable.search(changed.value)

    @on(Input.Submitted, "#find")
    def found(self) -> None:
        """Go back to the table, with the matches marked."""
        self.pane.remove_class("-finding")
        self.pane.searchable.focus()

    @on(FeedTable.CopyAsked)
    def copy_lines(self, asked: FeedTable.CopyAsked) -> None:
        """Copy lines of the feed, and say how many."""
        self.hand_over(looks.counted(asked.lines, "line"), asked.text, in_sight=True)

    @on(FeedTable.SaveAsked)
    @work(group="saves", exit_on_error=False)
    async def save_feed(self, asked: FeedTable.SaveAsked) -> None:
        """Ask for a file, and write to it the lines of the feed that are shown."""
        from runs_tui.screens.saving import SaveScreen, name_for, write

        run, plain = self.chosen, asked.table.plain
        if run is None:
            return
        path = await self.app.push_screen_wait(SaveScreen(name_for(run), len(plain.lines)))
        if path is not None:
            there = path.exists()
            text = await asyncio.to_thread(lambda: plain.text)
            self.flash(await asyncio.to_thread(write, path, text, replaces=there))

    @on(FeedTable.PageAsked)
    def page_feed(self, asked: FeedTable.PageAsked) -> None:
        """Show the lines of the feed that are shown in a pager."""
        from runs_tui.screens.pager import page

        trouble = page(self.app, asked.table.plain.text)
        if trouble:
            self.flash(trouble)

    def _leave_search(self) -> None:
        self.pane.remove_class("-finding")
        self.pane.searchable.search("")
        self.pane.searchable.focus()

    # What can be done to it

    @property
    def acted_on(self) -> Sequence[Run]:
        """Give the runs that an action is about."""
        return [self.chosen] if self.chosen else []

    def why_not(self, action: str) -> str | None:
        """Say why an action cannot be done now; None where it can."""
        run = self.chosen
        if action in ("cancel", "retry"):
            doing: Action = "cancel" if action == "cancel" else "retry"
            first: str | None = None
            for each in self.acted_on:
                reason = self.being_done(each) or why_not(self.sources[each.source], doing, each)
                if reason is None:
                    return None
                first = first or reason
            return first or "there is no run"
        if action == "diff" and run is None:
            return "there is no run"
        if action == "browse" and run is not None and not run.url:
            return "this API tells no web address"
        return None

    def action_cancel(self) -> None:
        """Ask, and cancel the run."""
        self._act("cancel")

    def action_retry(self) -> None:
        """Ask, and retry the run."""
        self._act("retry")

    def _act(self, action: Action) -> None:
        objection = self.why_not(action)
        if objection:
            many = len(self.acted_on) > 1
            self.flash(f"Cannot {action}{' any of them' if many else ''}: {objection}")
        else:
            self.ask_and_act(action, self.acted_on)

    # Without a description every argument is written out for one: thousands of runs, it may be.
    @work(group="acts", exit_on_error=False, description="asks, and acts")
    async def ask_and_act(self, action: Action, runs: Sequence[Run]) -> None:
        """Ask a person, and act once on each run if they want it."""
        from runs_tui.screens.acting import ask_and_act

        await ask_and_act(self, action, runs)

    @work(group="asking", exclusive=True, exit_on_error=False, description="reads steps")
    async def read_steps_for(
        self, asking: "Asking", dialog: "ConfirmScreen", runs: Sequence[Run]
    ) -> None:
        """Read the steps of the runs that it is asked about."""
        from runs_tui.screens.acting import look_into

        await look_into(self, asking, dialog, runs)

    @work(group="asking", exclusive=True, exit_on_error=False)
    async def read_inputs_for(self, asking: "Asking", dialog: "ConfirmScreen", run: Run) -> None:
        """Read what the run that it is asked about was started with."""
        from runs_tui.screens.acting import learn_inputs

        await learn_inputs(self, asking, dialog, run)

    def on_ledger_screen_again_asked(self, asked: "LedgerScreen.AgainAsked") -> None:
        """Ask for what could not be done once more."""
        known = [now for run in asked.ledger.failed if (now := self.board.get(run.key))]
        if known:
            self.ask_and_act(asked.ledger.action, known)
        else:
            self.flash("None of them is known any more")

    def learn(self, run: Run, *, anew: bool = False) -> None:
        """Take in a run as it was told after an action; `anew` when it starts over."""
        self.board = self.board.put(run)
        if anew:
            self.opened.forget(run.key)
            if run.key == self._open_key:
                self.open_run(run)

    def acted_on_many(self, ledger: "Ledger") -> None:
        """Say what became of several runs."""
        self.flash(ledger.sentence)

    def doing(self, key: RunKey, what: str | None) -> None:
        """Remember what is being done to a run; None ends it."""
        if what is None:
            self.pending.pop(key, None)
        else:
            self.pending[key] = what

    def acted(self, run: Run, told_of_it: str, *, anew: bool, origin: RunKey | None = None) -> None:
        """Show a run as the server told it after an action; `anew` when it starts over.

        Somebody who no longer looks at the run that it was asked of, `origin`, is only told.
        """
        looked_at = origin is None or origin == self._open_key
        self.board = self.board.put(run)
        self.flash(told_of_it)
        if anew:
            self.opened.forget(run.key)
        if looked_at:
            self.open_run(run)

    def refused(self, run: Run | None, why: str) -> None:
        """Show a run as it is now known after an action that was not done, and say why."""
        if run is not None:
            self.board = self.board.put(run)
        self.flash(why)

    def being_done(self, run: Run) -> str | None:
        """Say that something is being done to a run; None where nothing is."""
        if run.key not in self.pending:
            return None
        return "what was asked of it before is not answered yet"

    def action_diff(self) -> None:
        """Compare the run with the last good one of its workflow."""
        if self.chosen is None:
            self.flash("There is no run to compare")
        else:
            self.compare(self.chosen, None)

    def compare(self, run: Run, other: Run | None) -> None:
        """Hold a run against another one; None is the last good run of its workflow.

        Steps that still went on when they were read are not handed on: they are read again.
        """
        from runs_tui.screens.diff import DiffScreen

        plan = self.pane.plan if run is self.chosen else None
        if plan is not None and any(step.state.active for step in plan.steps.values()):
            plan = None
        self.app.push_screen(
            DiffScreen(
                run,
                other,
                plan=plan,
                sources=self.sources,
                known=lambda: self.board.runs,
                clock=self.clock,
                again=self.run_pace.again,
            )
        )

    # Handing it over

    def action_browse(self) -> None:
        """Open the run's web address, or show it to those without a browser."""
        if self.chosen is not None and self.chosen.url:
            self.browse(self.chosen.url)
        else:
            self.flash("This API tells no web address")

    def action_copy_id(self) -> None:
        """Copy the id of the run, and show it."""
        if self.chosen is not None:
            self.hand_over("id", self.chosen.id)

    @on(ValueTable.CopyAsked)
    def copy_value(self, asked: ValueTable.CopyAsked) -> None:
        """Copy the value under the cursor."""
        from runs_tui.model.value_text import written

        if asked.table.row is not None:
            self.hand_over(asked.table.path, written(asked.table.value_of(asked.table.row)))

    def action_copy_more(self) -> None:
        """Choose what of the run to copy."""
        if self.chosen is not None:
            self.choose_and_copy(self.chosen)

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def choose_and_copy(self, run: Run) -> None:
        """Ask what of a run to copy, and copy it."""
        from runs_tui.screens.handing_over import choose_and_copy

        await choose_and_copy(self, run)

    @on(VirtualTable.Chosen, "#facts, #json")
    def read_value(self, chosen: VirtualTable.Chosen) -> None:
        """Show a value whole."""
        from runs_tui.model.value_text import written
        from runs_tui.screens.reading_text import TextScreen

        table = chosen.table
        if isinstance(table, ValueTable) and table.row is not None:
            text = written(table.value_of(table.row))
            self.app.push_screen(TextScreen(table.path or "value", text))
