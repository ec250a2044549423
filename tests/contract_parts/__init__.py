"""The parts of the suite that every adapter inherits."""
