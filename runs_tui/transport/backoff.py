"""Pauses that grow."""

_MOST_DOUBLED = 20


def backoff(first: float, longest: float, failures: int, least: float = 0.0) -> float:
    """Give the pause after so many failures: the first one, doubled by each, within bounds."""
    return min(max(first * 2.0 ** min(failures, _MOST_DOUBLED), least), longest)
