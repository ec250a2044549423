"""Keeps the lines of a long feed out of the search for garbage, which holds up every key."""

import gc

EVERY = 1000
"""How many lines come between two times that all there is is set apart."""


class Lasting:
    """Sets apart what has come to stay, until another run is opened."""

    def __init__(self) -> None:
        """Begin with nothing set apart."""
        self._fresh = 0

    def came(self, lines: int) -> None:
        """Count lines that came; after many, let them be looked through no more."""
        self._fresh += lines
        if self._fresh >= EVERY:
            gc.freeze()
            self._fresh = 0

    def over(self) -> None:
        """Let all there is be looked through again."""
        self._fresh = 0
        if gc.get_freeze_count():
            gc.unfreeze()
