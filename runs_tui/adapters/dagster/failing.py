"""What a Dagster server says in place of an answer, translated to the kinds of errors."""

import re

from runs_tui.adapters.dagster.answers import Complaint, Failure
from runs_tui.model.errors import (
    Conflict,
    NotFound,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)

_CLASS = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Violation): (?=\S)")
_CHECKED = re.compile(r"^(?:Expected non-None value|Invariant failed\. Description): (?=\S)")
_NOWHERE = re.compile(r"could not find (?:parent )?run\b|could not be found", re.IGNORECASE)
_NOT_NOW = re.compile(r"cannot reexecute from failure|having status|unable to terminate", re.I)
_FORBIDDEN = re.compile(r"permission|unauthorized", re.IGNORECASE)
_SCHEMA = re.compile(
    r"cannot query field|unknown (?:argument|type|fragment)|is not defined by", re.I
)
_OTHER_VERSION = "its version of Dagster does not know what runs-tui asks for"
_GONE = "the job of this run is not loaded on the server any more"
_LOST = {
    "RunNotFoundError",
    "PipelineRunNotFoundError",
    "RunGroupNotFoundError",
}


def words_of(message: str) -> str:
    """Give what an error says, without the classes before it."""
    told = message.strip()
    for before in (_CLASS, _CHECKED):
        told = before.sub("", told)
    return told


def failure(failed: Failure, hint: str, *, writing: bool) -> SourceError:
    """Give the error that a member of a union stands for; `hint` says where access is mended."""
    words = words_of(failed.message)
    match failed.kind:
        case kind if kind in _LOST or _NOWHERE.search(words):
            return NotFound(words or "there is no such run")
        case "UnauthorizedError":
            return Unauthorized(words or "the server does not permit this", hint)
        case "TerminateRunFailure" if _FORBIDDEN.search(words):
            return Unauthorized(words, hint)
        case "TerminateRunFailure" | "RunConflict":
            return Conflict(words or "the server would not do it now")
        case "PipelineNotFoundError":
            return Refused(f"{_GONE}: {words}" if words else _GONE)
        case "InvalidStepError":
            return Refused(f"the run has no step {failed.step}" if failed.step else words)
        case "RunConfigValidationInvalid":
            told = "; ".join(words_of(each.message) for each in failed.errors)
            return Refused(told or "its configuration does not fit the job any more")
        case "PythonError" if _NOT_NOW.search(words):
            return Conflict(words)
        case "PythonError" if not writing:
            return Unreachable(f"the server failed: {words}" if words else "the server failed")
        case _:
            return Refused(words or f"the server answers {failed.kind}")


def complaint(errors: list[Complaint], hint: str, *, status: int) -> SourceError:
    """Give the error that complaints about a query as such stand for, likewise."""
    words = "; ".join(words_of(each.message) for each in errors[:3])
    if _SCHEMA.search(words):
        return Unsupported(words, _OTHER_VERSION)
    if _FORBIDDEN.search(words):
        return Unauthorized(words, hint)
    wrong = status < 500 or words.startswith("Variable ")
    return Refused(words) if wrong else Unreachable(f"the server failed: {words}")
