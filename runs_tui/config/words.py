"""What a configuration and the command line both have to check."""

import re
from urllib.parse import urlsplit

from runs_tui.model.words import did_you_mean

VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
"""What the name of a variable looks like."""
_CREDENTIAL = re.compile(
    r"(gh[oprsu]|github_pat|pn[bu])_\w{16,}|(?=\w*[0-9])(?=\w*[a-z])(?=\w*[A-Z])\w{24,}"
)
"""What is rather a credential than the name of a variable."""
ADDRESS = r"([hH][tT][tT][pP][sS]?://[^\s/?#@]+(/[^\s?#]*)?|[uU][nN][iI][xX]:///[^\s?#]+)"
"""What the address of an API looks like, as far as a pattern tells."""


def wrong_api(api: str) -> str | None:
    """Say what is wrong with the name of an API; None where it is right."""
    from runs_tui.adapters import api_names

    if api in api_names():
        return None
    return f"there is no API {api!r}: {did_you_mean(api, api_names())}"


def wrong_url(url: str) -> str | None:
    """Say what is wrong with the address of an API, without repeating it, for it may be secret."""
    try:
        parts = urlsplit(url)
        remote = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        fine = remote or (parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1)
    except ValueError:
        fine = False
    if not fine or any(mark.isspace() or not mark.isprintable() for mark in url):
        return "the address must be http://host:port, https://host/path or unix:///path/to/socket"
    if "@" in parts.netloc:
        return "the address holds a user or a password: give a credential by the name of a variable"
    if parts.query or parts.fragment:
        return "the address of an API has no '?' and no '#'"
    return None


def wrong_variable(name: str) -> str | None:
    """Say what is wrong with the name of a variable, without repeating it."""
    if re.fullmatch(VARIABLE, name) and not _CREDENTIAL.fullmatch(name):
        return None
    return "this is not the name of a variable; the credential itself never stands here"
