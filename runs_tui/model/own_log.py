"""The log of this program, of which nothing is heard unless somebody asked for a file of it."""

import logging

PROGRAM = logging.getLogger("runs_tui")
"""What the program tells of itself."""

# Without any handler Python writes warnings, and tracebacks, on the terminal.
logging.getLogger().addHandler(logging.NullHandler())
