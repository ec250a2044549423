"""The styles that text is drawn in, by the names of component classes."""

from rich.style import Style
from textual.widget import Widget

from runs_tui import looks
from runs_tui.model.state import State

INKS = {
    *(looks.css_class(state) for state in State),
    "table--head",
    "table--cursor",
    "table--mark",
    "table--dim",
    "table--strong",
    "table--accent",
    "table--warning",
    "table--match",
    "table--key",
}
"""Every component class that a widget of ours draws with."""


class Inks:
    """The styles of one widget's component classes, remembered until they change."""

    def __init__(self, widget: Widget) -> None:
        """Serve one widget."""
        self._widget = widget
        self._known: dict[tuple[str, bool], Style] = {}

    def style(self, name: str = "", *, cursor: bool = False) -> Style:
        """Give the style of a component class, on the cursor's row or off it."""
        known = self._known.get((name, cursor))
        if known is None:
            known = self._widget.rich_style
            if name:
                known += self._widget.get_component_rich_style(name, partial=True)
            if cursor:
                known += self._widget.get_component_rich_style("table--cursor", partial=True)
            self._known[(name, cursor)] = known
        return known

    def forget(self) -> None:
        """Ask the widget anew, for its theme or its focus has changed."""
        self._known.clear()
