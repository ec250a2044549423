"""Starts the program by `python -m runs_tui`."""

from runs_tui.cli import main

if __name__ == "__main__":
    main()
