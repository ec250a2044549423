"""The secrets that this process knows, and texts without them."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote, quote_plus

HIDDEN = "***"
"""What stands in the place of a secret."""
_LONG = 8
"""From how many characters on a secret is looked for also within words."""
_SHORTEST = 4
"""From how many characters on it is looked for at all; headers hide what is shorter still."""
_USERINFO = re.compile(r"(?<=://)[^/\s@\"']*@")
_TELLING = r"authorization|cookie|token|secret|password|passwd|credential|signature|session|nonce"
_NAME = re.compile(rf"{_TELLING}|api[-_]?key|(?:^|[-_])auth(?:$|[-_])", re.IGNORECASE)
_MEMBER = re.compile(
    rf'("[^"\\]*(?:{_TELLING}|api[-_]?key)"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.IGNORECASE
)
_PARAM = re.compile(rf"([?&](?:[^=&#\s]*(?:{_TELLING}|api[-_]?key)|sig)=)[^&#\s]*", re.IGNORECASE)


class Redaction:
    """Knows secrets by all the forms in which they are sent, and takes them out of texts."""

    def __init__(self) -> None:
        """Begin with none."""
        self._long: list[str] = []
        self._short: list[re.Pattern[str]] = []
        self._known: set[str] = set()

    def know(self, *secrets: str) -> None:
        """Never let these be seen again."""
        new = {secret.strip() for secret in secrets} - self._known - {""}
        if not new:
            return
        self._known |= new
        forms = {form for secret in self._known for form in _forms(secret)}
        self._long = sorted((form for form in forms if len(form) >= _LONG), key=len, reverse=True)
        short = sorted((f for f in forms if _SHORTEST <= len(f) < _LONG), key=len, reverse=True)
        self._short = [_alone(form) for form in short]

    def of(self, text: str) -> str:
        """Give a text without the secrets, and without the user and password of a URL in it.

        A secret of few letters is taken out where it stands alone: it may be a part of any word.
        """
        for form in self._long:
            if form in text:
                text = text.replace(form, HIDDEN)
        for form_alone in self._short:
            text = form_alone.sub(HIDDEN, text)
        return _USERINFO.sub(f"{HIDDEN}@", text) if "://" in text else text

    def of_start(self, text: str) -> str:
        """Give the beginning of a body without secrets, and without a part of one at its end."""
        for form in self._long:
            size = next((n for n in range(len(form) - 1, 3, -1) if text.endswith(form[:n])), 0)
            if size:
                text = text[:-size] + HIDDEN
        return self.of_body(text)

    def of_url(self, url: str) -> str:
        """Give a URL without secrets, also those that only the names of its parameters tell."""
        return _PARAM.sub(rf"\1{HIDDEN}", self.of(url)) if "?" in url else self.of(url)

    def of_body(self, text: str) -> str:
        """Give a body without secrets, also those that only the names of its members tell."""
        return self.of(_MEMBER.sub(rf'\1"{HIDDEN}"', text))

    def of_header(self, name: str, value: str) -> str:
        """Give the value of a header without secrets; nothing of one whose name tells of them."""
        if name.lower() in ("location", "content-location", "link"):
            return self.of_url(value)
        return HIDDEN if _NAME.search(name) else self.of(value)


SECRETS = Redaction()
"""The secrets of this process: whatever opens a credential makes it known here."""


def _forms(secret: str) -> Iterator[str]:
    """Give the ways in which a secret may be written."""
    yield secret
    yield quote(secret, safe="", errors="replace")
    yield quote(secret, errors="replace")
    yield quote_plus(secret, errors="replace")
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield from _encoded(secret)


def _encoded(secret: str) -> Iterator[str]:
    """Give what every base64 of a text holds in which the secret stands somewhere."""
    raw = secret.encode("utf-8", "replace")
    for before in range(3):
        start = -(-before * 8 // 6)
        end = (before + len(raw)) * 8 // 6
        core = b64encode(bytes(before) + raw).decode("ascii")[start:end]
        if len(core) >= _LONG:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


@cache
def _alone(secret: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/]){re.escape(secret)}(?![\w/])")
