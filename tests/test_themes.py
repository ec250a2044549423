"""The themes: that they can be read, and their states told apart, also by the colour-blind."""

from itertools import combinations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from runs_tui.app import known
from runs_tui.themes import DAY, NIGHT, OURS, TERMINAL, TERMINAL_LIGHT
from tests.color_vision import EYES, ciede2000, contrast, distance

APART = 10
"""The CIEDE2000 distance at which two colours are told apart at a glance."""


def inks(theme: Theme) -> dict[str, Color]:
    """Give the colours of the states, by the names of the style sheets."""
    told = {
        "accent": theme.accent,
        "success": theme.success,
        "error": theme.error,
        "warning": theme.warning,
        "secondary": theme.secondary,
        "quiet": theme.variables.get("quiet"),
    }
    return {name: Color.parse(color) for name, color in told.items() if color is not None}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", [NIGHT, DAY], ids=lambda theme: theme.name)
def test_every_eye_tells_the_states_apart(theme: Theme, eye: str) -> None:
    near = {
        (one, other): distance(inks(theme)[one], inks(theme)[other], eye)
        for one, other in combinations(inks(theme), 2)
    }
    assert {pair: how for pair, how in near.items() if how < APART} == {}


@pytest.mark.parametrize("theme", [NIGHT, DAY], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_every_ink_can_be_read_on_every_ground(theme: Theme, ground: str) -> None:
    behind = Color.parse(getattr(theme, ground))
    told = inks(theme) | {"foreground": Color.parse(theme.foreground or "")}
    assert {name for name, color in told.items() if contrast(color, behind) < 4.5} == set()


@pytest.mark.parametrize("theme", [TERMINAL, TERMINAL_LIGHT], ids=lambda theme: theme.name)
def test_the_themes_of_the_terminal_name_its_colours_alone(theme: Theme) -> None:
    assert theme.ansi
    colors = [
        *(theme.primary, theme.secondary, theme.accent, theme.foreground, theme.background),
        *(theme.surface, theme.panel, theme.boost, theme.success, theme.warning, theme.error),
    ]
    assert all(color and color.startswith("ansi_") for color in colors)
    states = (theme.accent, theme.success, theme.warning, theme.error, theme.secondary)
    assert len(set(states)) == len(states)


def test_ours_come_first_and_those_of_textual_after_them() -> None:
    assert known().themes == (*(theme.name for theme in OURS), *BUILTIN_THEMES)
    assert {(theme.ansi, theme.dark) for theme in OURS} == {
        (ansi, dark) for ansi in (False, True) for dark in (False, True)
    }


def test_the_distance_is_that_of_the_standard() -> None:
    assert round(ciede2000((50, 2.6772, -79.7751), (50, 0, -82.7485)), 4) == 2.0425
    assert round(ciede2000((50, 2.5, 0), (73, 25, -18)), 4) == 27.1492
    assert round(ciede2000((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514)), 4) == 0.9082
