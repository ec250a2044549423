"""Standard output for data, standard error for narration, and readers that went away."""

import os
import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runs_tui.cli.status import Failure


class Output:
    """Standard output, that may be a terminal, a file, or a pipe whose reader has enough."""

    def __init__(self) -> None:
        """Take standard output as it is now."""
        self._stream: IO[str] | None = sys.stdout
        self.gone = self._stream is None
        """Whether nobody reads it any more."""

    @property
    def encoding(self) -> str:
        """Give the encoding in which it is written."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def terminal(self) -> bool:
        """Tell whether a person looks at it."""
        return self._stream is not None and self._stream.isatty()

    @property
    def colored(self) -> bool:
        """Tell whether colours are welcome."""
        return self.terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int | None:
        """Give the columns of the terminal; None where there is no limit."""
        from shutil import get_terminal_size

        return get_terminal_size().columns if self.terminal else None

    def line(self, text: str) -> None:
        """Write one line at once."""
        if self.gone or self._stream is None:
            return
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except BrokenPipeError:
            self.gone = True
            silence(self._stream)
        except OSError as error:
            self.gone = True
            silence(self._stream)
            raise unwritable(error) from None

    def lines(self, texts: "list[str]") -> None:
        """Write several lines together."""
        if texts:
            self.line("\n".join(texts))

    def json(self, document: object, *, indent: int | None = None) -> None:
        """Write a JSON document, in escapes where the encoding has not all characters."""
        import json

        bare = self.encoding.lower().replace("-", "").replace("_", "") in {"utf8", "utf8sig"}
        self.line(json.dumps(document, ensure_ascii=not bare, allow_nan=False, indent=indent))


def unwritable(error: OSError) -> "Failure":
    """Give the end of a command whose output cannot be written."""
    from runs_tui.cli.status import Failure, Status

    return Failure(Status.BROKEN, f"standard output cannot be written: {error.strerror}")


def say(sentence: str) -> None:
    """Narrate, on standard error."""
    _to_errors(sentence)


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    _to_errors(f"runs-tui: {sentence}")


def silence(stream: IO[Any]) -> None:
    """Let a stream whose reader is gone end in nothing, so that its end is silent too."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    except (OSError, ValueError):
        return


def holds(text: str) -> bool:
    """Tell whether the encodings of the locale and of what is drawn on have all of a text."""
    import locale

    told = locale.nl_langinfo(locale.CODESET) if hasattr(locale, "nl_langinfo") else None
    for encoding in (getattr(sys.__stderr__, "encoding", None), told):
        try:
            text.encode(encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return False
    return True


def replace_what_does_not_fit() -> None:
    """Make both streams replace a character that their encoding cannot hold, ours by its ASCII."""
    import codecs

    codecs.register_error("runs_tui", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="runs_tui")


def keep_to_ascii() -> None:
    """Make both streams take ASCII alone; what does not fit is replaced."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="ascii", errors="runs_tui")


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from runs_tui.looks import ASCII

    return "".join(ASCII.get(c, "?") for c in error.object[error.start : error.end]), error.end


def _note(text: str) -> None:
    """Let the log file have what is said, if there may be one."""
    if "logging" in sys.modules:
        import logging

        logging.getLogger("runs_tui.said").info(text)


def _to_errors(text: str) -> None:
    _note(text)
    stream = sys.stderr
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except OSError:
        silence(stream)
