"""Answers to choose from, of which the marked one may be drawn in reverse."""

from textual.style import Style
from textual.widgets import OptionList


class OptionLines(OptionList):
    """A list of answers; Textual's own leaves out a reversed style of the marked one.

    It ends at its ends: who holds a key down does not come round to another answer.
    """

    def action_cursor_down(self) -> None:
        """Mark the next answer, if there is one."""
        before = self.highlighted
        super().action_cursor_down()
        if before is not None and (self.highlighted or 0) < before:
            self.highlighted = before

    def action_cursor_up(self) -> None:
        """Mark the answer before, if there is one."""
        before = self.highlighted
        super().action_cursor_up()
        if before is not None and (self.highlighted or 0) > before:
            self.highlighted = before

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Give the style of a line, reversed where the style sheets say so."""
        style = super().get_visual_style(*component_classes, partial=partial)
        told = (self.get_component_styles(name).text_style for name in component_classes)
        return style + Style(reverse=True) if any(each.reverse for each in told) else style
