"""The footer: the keys that work here and now, taken from the bindings."""

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from textual.screen import Screen

from runs_tui.widgets.parts_line import Parts, PartsLine, width_of

if TYPE_CHECKING:
    from textual.binding import ActiveBinding


class KeyLine(PartsLine):
    """Shows every key whose binding asks to be shown and whose action is possible.

    What a screen names in `out_of_sight` works, but on something that is not seen just now.

    Where there is no room for all, the last one stands, which helps or leaves, and those before
    it that are whole.
    """

    def on_mount(self) -> None:
        """Redraw whenever other keys work."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self.call_after_refresh(self._bindings_changed, self.screen)

    def on_resize(self) -> None:
        """Use the room there is."""
        self._bindings_changed(self.screen)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen.is_current:
            self.show((list(chain(*_fitting(self._keys(), self.size.width))), ()))

    def _keys(self) -> Sequence[Parts]:
        keys = []
        why_not = getattr(self.screen, "why_not", lambda action: None)
        out_of_sight: frozenset[str] = getattr(self.screen, "out_of_sight", frozenset())
        shown: dict[str, ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            shown.setdefault(active.binding.action, active)
        if "back" in shown:
            shown.pop("back_or_quit", None)
        for action, active in sorted(shown.items(), key=lambda pair: pair[0] == "help"):
            binding = active.binding
            if not binding.show or action in out_of_sight:
                continue
            ink = "table--key" if active.enabled and not why_not(action) else "table--dim"
            key = self.app.get_key_display(binding)
            keys.append([(" ", ""), (key, ink), (f" {binding.description} ", "table--dim")])
        return keys


def _fitting(keys: Sequence[Parts], width: int) -> Sequence[Parts]:
    """Give the keys that fit: the last one, and as many of the first ones as leave it room."""
    *others, last = keys or [[]]
    room = width - width_of(last)
    while others and sum(map(width_of, others)) > room:
        others.pop()
    return [*others, last]
