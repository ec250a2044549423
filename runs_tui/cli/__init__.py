"""The command line: arguments to configuration, to sources, to the dashboard or a command."""

import signal
import sys


def main() -> None:
    """Run the program and leave with its exit status."""
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        from runs_tui.cli.commands import program

        program.main()
    except KeyboardInterrupt:
        sys.exit(130)
