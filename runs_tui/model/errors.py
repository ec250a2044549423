"""What can go wrong with a source: seven kinds, made in the transport and nowhere else.

SourceError
├── Unreachable    no answer: refused, timed out, cut off, or 5xx to the end
├── Unauthorized   the credential is missing, wrong or too weak
├── NotFound       no such run, step or path
├── Conflict       the run is not in a state that allows this
├── RateLimited    too many requests; `retry_after` tells for how long
├── Refused        the server understood and said no (Unsupported: it has no such ability;
│                  Unconfigured: it was not asked, for its settings lack something)
└── BadAnswer      an answer that is not this API's
"""

from runs_tui.model.redaction import SECRETS
from runs_tui.model.text import clean, one_line


class SourceError(Exception):
    """A source could not do what was asked; `title`, `detail` and `hint` are for a person."""

    title = "failed"
    status: int | None = None
    """The number that the server answered with, where it answered."""
    strange = False
    """Whether a web page says so, and no API."""

    def __init__(self, detail: str = "", hint: str = "") -> None:
        """Take the server's own words (cleaned and cut here) and what a person can do."""
        self.detail = one_line(SECRETS.of(clean(detail)), 300)
        self.hint = hint
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The whole error as one line: title, detail, hint."""
        told = ": ".join(part for part in (self.title, self.detail) if part)
        return f"{told} ({self.hint})" if self.hint else told


class Unreachable(SourceError):
    """Nothing answered, or the server failed to the end."""

    title = "not reachable"


class Unauthorized(SourceError):
    """The credential is missing, wrong or too weak."""

    title = "not allowed"


class NotFound(SourceError):
    """The thing asked for is not there."""

    title = "not found"


class Conflict(SourceError):
    """The run is not in a state that allows this."""

    title = "not possible now"


class RateLimited(SourceError):
    """Too many requests."""

    title = "rate limited"

    def __init__(self, detail: str = "", hint: str = "", retry_after: float | None = None) -> None:
        """Take also the seconds to wait, where the server told them."""
        super().__init__(detail, hint)
        self.retry_after = retry_after


class Refused(SourceError):
    """The server understood the request and said no."""

    title = "refused"


class BadAnswer(SourceError):
    """What answered is not this API, or not in a shape that this program knows."""

    title = "unexpected answer"


class Unsupported(Refused):
    """This API, or this server of it, has no such ability."""

    title = "this API cannot do that"


class Unconfigured(Refused):
    """The settings of the source lack something without which nothing can be asked."""

    title = "not configured"
