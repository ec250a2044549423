"""How a request shows its credential."""

import re
from base64 import b64encode
from dataclasses import dataclass, field

from runs_tui.model.errors import Unauthorized
from runs_tui.model.redaction import SECRETS

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9._-]* +\S")
_UNFIT = re.compile(r"[^\x20-\x7e]")


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNNAMED = "TOKEN"


@dataclass(frozen=True, slots=True)
class Shown:
    """How a credential is shown: its header, with a variable in the place of the secret."""

    name: str
    """The header's name."""
    value: str
    """The header's value, as `Bearer $PREFECT_TOKEN`."""
    variable: str
    """The name of the variable."""


@dataclass(frozen=True, slots=True)
class Auth:
    """One header that opens an API; its text never shows the secret."""

    name: str
    """The header's name."""
    value: str = field(repr=False)
    """The header's value."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must never be shown."""
    form: str = "{}"
    """How the value is written around the secret."""

    def __post_init__(self) -> None:
        """Make the secrets known, so that nothing shows them."""
        SECRETS.know(*self.secrets)

    def header(self, hint: str = "") -> tuple[str, str]:
        """Give the header; raise Unauthorized for a secret that cannot stand in one."""
        if not any(self.secrets):
            raise Unauthorized("the credential is empty", hint)
        if _UNFIT.search(self.value):
            detail = "the credential has characters that cannot be sent, such as a line end"
            raise Unauthorized(detail, hint)
        return self.name, self.value

    def shown(self, origin: str | None) -> Shown:
        """Give how it is shown; `origin` is where the secret comes from, such as a variable."""
        named = origin if origin and _VARIABLE.fullmatch(origin) else _UNNAMED
        return Shown(self.name, self.form.format(f"${named}"), named)


def bearer(secret: str) -> Auth:
    """Send `Authorization: Bearer …`; a secret that names its own scheme is sent as it is."""
    secret = secret.strip()
    if _SCHEME.match(secret):
        return Auth("Authorization", secret, (secret, secret.split()[-1]))
    return Auth("Authorization", f"Bearer {secret}", (secret,), "Bearer {}")


def header(name: str, secret: str) -> Auth:
    """Send the secret in a header of its own."""
    secret = secret.strip()
    return Auth(name, secret, (secret,))


def cookie(name: str, secret: str) -> Auth:
    """Send the secret as a cookie; a semicolon in it would begin another one."""
    secret = secret.strip()
    shown = secret.replace(";", "%3B")
    return Auth("Cookie", f"{name}={shown}", (secret, shown), f"{name}={{}}")


def basic(secret: str) -> Auth:
    """Send a user and a password, given as `user:password`."""
    secret = secret.strip()
    encoded = b64encode(secret.encode("utf-8", "replace")).decode("ascii")
    password = secret.partition(":")[2]
    return Auth("Authorization", f"Basic {encoded}", (secret, encoded, password), "Basic {}")
