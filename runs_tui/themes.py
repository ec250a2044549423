"""The themes of this program, and what the style sheets need besides the colours of any theme.

In all of ours the states can be told apart by people who lack a kind of cone, too.
"""

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES, Theme

NIGHT = Theme(
    name="night",
    primary="#6ea0ff",
    secondary="#dcc3ec",
    accent="#6ea0ff",
    foreground="#d0d7de",
    background="#0d1117",
    surface="#161b22",
    panel="#21304a",
    success="#8fdcae",
    warning="#e3b92e",
    error="#f4716b",
    dark=True,
    variables={"quiet": "#949ba3"},
)
DAY = Theme(
    name="day",
    primary="#0a50d8",
    secondary="#5a1077",
    accent="#0a50d8",
    foreground="#1f2328",
    background="#ffffff",
    surface="#f3f5f8",
    panel="#dbe7f7",
    success="#127555",
    warning="#955500",
    error="#850012",
    dark=False,
    variables={"quiet": "#5b6270"},
)
TERMINAL = Theme(
    name="terminal",
    primary="ansi_bright_blue",
    secondary="ansi_bright_magenta",
    accent="ansi_bright_blue",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_bright_yellow",
    error="ansi_bright_red",
    dark=True,
    ansi=True,
    variables={"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"},
)
TERMINAL_LIGHT = Theme(
    name="terminal-light",
    primary="ansi_blue",
    secondary="ansi_magenta",
    accent="ansi_blue",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=False,
    ansi=True,
    variables={"ansi-background": "ansi_white", "ansi-foreground": "ansi_black"},
)
OURS = (NIGHT, DAY, TERMINAL, TERMINAL_LIGHT)
"""The themes of this program; the first is the usual one."""
THEMES: Mapping[str, Theme] = {theme.name: theme for theme in OURS} | BUILTIN_THEMES
"""Every theme by its name, ours first."""

_USUAL = {
    "quiet": "#808080",
    "quiet-style": "none",
    "cursor-style": "bold",
    "match-style": "none",
    "chosen-style": "none",
    "cursor-ansi-ground": "ansi_blue",
    "cursor-ansi-ink": "ansi_bright_white",
    "match-ansi-ink": "ansi_black",
}
"""The variables of the style sheets that no theme of others has."""
_ANSI = {"quiet": "ansi_default", "quiet-style": "dim"}
"""What is otherwise in the terminal's own colours, of which nothing is known."""
_COLORLESS = {
    "quiet-style": "dim",
    "cursor-style": "bold reverse",
    "match-style": "bold underline",
    "chosen-style": "reverse",
}
"""What is otherwise without any colour."""


def variables(theme: Theme, *, colorless: bool) -> dict[str, str]:
    """Give the variables of the style sheets that a theme may leave out."""
    return _USUAL | (_ANSI if theme.ansi else {}) | (_COLORLESS if colorless else {})
