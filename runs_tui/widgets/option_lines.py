"""Answers to choose from, of which the marked one may be drawn in reverse."""

from textual.style import Style
from textual.widgets import OptionList


class OptionLines(OptionList):
    """A list of answers; Textual's own leaves out a reversed style of the marked one."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Give the style of a line, reversed where the style sheets say so."""
        style = super().get_visual_style(*component_classes, partial=partial)
        told = (self.get_component_styles(name).text_style for name in component_classes)
        return style + Style(reverse=True) if any(each.reverse for each in told) else style
