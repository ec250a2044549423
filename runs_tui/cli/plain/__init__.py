"""The line mode: commands in, lines out, for screen readers, dumb terminals and records."""
