"""The styles that text is drawn in, by the names of component classes."""

from rich.style import Style
from textual import style as content
from textual.color import Color
from textual.widget import Widget

from runs_tui import looks
from runs_tui.model.state import State
from runs_tui.widgets.looks_of_logs import LOOK, look_style

FOCUS_INKS = {"table--head", "table--cursor", "table--mark"}
"""The component classes of a table, for what looks otherwise while it has the focus."""
INKS = {
    *(looks.css_class(state) for state in State),
    "table--dim",
    "table--strong",
    "table--accent",
    "table--warning",
    "table--match",
    "table--key",
}
"""The component classes of a screen, for all that is drawn on it; resolved once for all of it."""


_COLOR = "color:"
_OWN_GROUND = (LOOK, "table--match")
"""Inks that keep what they have behind their letters on the cursor's row too."""
_CLEAR = Style(dim=False)
_MOST = 4096
"""How many styles are remembered at most: a log can make up as many colours as it likes."""


def source_ink(color: str | None, otherwise: str = "") -> str:
    """Give the ink for the name of a source: its colour, or another ink where it has none."""
    return f"{_COLOR}{color}" if color else otherwise


def source_style(color: str | None) -> content.Style:
    """Give the style for the name of a source in a text that is no line of parts."""
    return content.Style(foreground=_color(color)) if color else content.Style()


def _color(name: str) -> Color:
    """Give the colour that a configuration names: one of a terminal's sixteen, or `#rrggbb`."""
    return Color.parse(name if name.startswith("#") else f"ansi_{name}")


class Inks:
    """The styles that one widget draws in, remembered until they change."""

    def __init__(self, widget: Widget) -> None:
        """Serve one widget."""
        self._widget = widget
        self._known: dict[tuple[str, bool], Style] = {}

    def style(self, name: str = "", *, cursor: bool = False) -> Style:
        """Give the style of an ink, on the cursor's row or off it."""
        known = self._known.get((name, cursor))
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._widget.rich_style
            names = [name, "table--cursor"] if cursor else [name]
            if name.startswith(_OWN_GROUND):
                names.reverse()
            for each in filter(None, names):
                known += self._ink(each)
            if cursor:
                known += _CLEAR
            self._known[(name, cursor)] = known
        return known

    def forget(self) -> None:
        """Ask anew, for the theme or the focus has changed."""
        self._known.clear()

    def _ink(self, name: str) -> Style:
        if name.startswith(_COLOR):
            return Style(color=_color(name.removeprefix(_COLOR)).rich_color)
        if name.startswith(LOOK):
            return look_style(name)
        holder = self._widget if name in FOCUS_INKS else self._widget.screen
        try:
            return holder.get_component_rich_style(name, partial=True)
        except KeyError:
            return Style.null()
