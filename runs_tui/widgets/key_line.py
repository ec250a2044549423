"""The footer: the keys that work here and now, taken from the bindings."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from runs_tui.widgets.parts_line import Parts, PartsLine

if TYPE_CHECKING:
    from textual.binding import ActiveBinding


class KeyLine(PartsLine):
    """Shows every key whose binding asks to be shown and whose action is possible."""

    def on_mount(self) -> None:
        """Redraw whenever other keys work."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self.call_after_refresh(self._bindings_changed, self.screen)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen.is_current:
            self.show((self._keys(), ()))

    def _keys(self) -> Parts:
        parts = []
        why_not = getattr(self.screen, "why_not", lambda action: None)
        shown: dict[str, ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            shown.setdefault(active.binding.action, active)
        if "back" in shown:
            shown.pop("back_or_quit", None)
        for action, active in shown.items():
            binding = active.binding
            if not binding.show:
                continue
            ink = "table--key" if active.enabled and not why_not(action) else "table--dim"
            key = self.app.get_key_display(binding)
            parts += [(" ", ""), (key, ink), (f" {binding.description} ", "table--dim")]
        return parts
