"""What a list of runs is asked for, and the answers to what cannot be."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from runs_tui.demo.github_actions.problems import Problem
from runs_tui.demo.github_actions.runs import BRANCH, actor_of
from runs_tui.demo.github_actions.words import EVENTS, STATUSES, UNDOCUMENTED, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runs_tui.demo.world import WorldRun

NARROWING = ("status", "branch", "event", "actor", "created", "head_sha", "check_suite_id")
_SPAN = re.compile(r"(>=|<=|>|<)?([^.<>=*]+)$|([^.]+|\*)\.\.([^.]+|\*)$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_FOREVER = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def tests_of(params: Mapping[str, str], *, beyond: str) -> list[Callable[[WorldRun], bool]]:
    """Give the tests that a run must pass; `beyond` says what a status outside the list does."""
    tests: list[Callable[[WorldRun], bool]] = []
    status = params.get("status")
    if status is not None and _is_known(status, beyond):
        tests.append(lambda run: status in standing(run))
    if "branch" in params:
        tests.append(lambda run: params["branch"] == BRANCH)
    if "event" in params:
        tests.append(lambda run: EVENTS[run.trigger] == params["event"])
    if "actor" in params:
        tests.append(lambda run: actor_of(run) == params["actor"])
    if "created" in params:
        low, high = _span(params["created"])
        tests.append(lambda run: low <= run.created.replace(microsecond=0) <= high)
    return tests


def _is_known(status: str, beyond: str) -> bool:
    if status in STATUSES or (status == UNDOCUMENTED and beyond == "take"):
        return True
    if beyond == "ignore":
        return False
    raise Problem(422, f"Validation Failed: {status} is not a status")


def _span(text: str) -> tuple[datetime, datetime]:
    """Read a stretch of time; both ends belong to it."""
    found = _SPAN.match(text)
    if found is None:
        raise Problem(422, "Validation Failed: created")
    if found[3]:
        low = _LONG_AGO if found[3] == "*" else _ends(found[3])[0]
        return low, _FOREVER if found[4] == "*" else _ends(found[4])[1]
    first, last = _ends(found[2])
    one = timedelta(seconds=1)
    match found[1]:
        case ">=":
            return first, _FOREVER
        case ">":
            return last + one, _FOREVER
        case "<=":
            return _LONG_AGO, last
        case "<":
            return _LONG_AGO, first - one
        case _:
            return first, last


def _ends(text: str) -> tuple[datetime, datetime]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(422, "Validation Failed: created") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if _DAY.match(text):
        return moment, moment + timedelta(days=1, seconds=-1)
    return moment, moment
