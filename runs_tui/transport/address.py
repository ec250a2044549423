"""The address of an API, read with care."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from runs_tui.model.errors import BadAnswer, Unreachable

_PORTS = {"http": 80, "https": 443}
_HINT = "write it as http://host:port or https://host/path"
_SOCKET_HINT = "write it as unix:///path/to/file.sock, and a space in it as %20"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an API is; the user and the password that its URL may hold are kept apart."""

    origin: str
    """Scheme, host and port, as `https://example.org:8000`."""
    prefix: str
    """The path before every path of the API, without a slash at its end."""
    userinfo: str | None = field(default=None, repr=False)
    """`user:password`, where the URL has them."""
    socket: str | None = None
    """The file of the Unix socket to go through, where it is no host."""

    def __str__(self) -> str:
        """Write it without user and password."""
        return f"unix://{self.socket}" if self.socket else self.origin + self.prefix

    def join(self, path: str) -> str:
        """Give the URL of a path of the API."""
        base = self.origin + self.prefix
        return f"{base}/{path.lstrip('/')}" if path else base


def address_of(url: str) -> Address:
    """Read a URL; raise Unreachable with one clear sentence if no request can go there."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        if parts.scheme == "unix":
            return _socket_address(url, parts)
        host, scheme, _ = _origin(parts)
    except ValueError:
        raise Unreachable("the address has a host or a port that cannot be", _HINT) from None
    if scheme not in _PORTS:
        raise Unreachable("the address must begin with http:// or https://", _HINT)
    if not host:
        raise Unreachable("the address names no host", _HINT)
    if any(mark.isspace() or not mark.isprintable() for mark in url):
        raise Unreachable("the address has a space in it", _HINT)
    if parts.query or parts.fragment:
        raise Unreachable("the address of an API has no ? and no #", _HINT)
    userinfo, _, place = parts.netloc.rpartition("@")
    return Address(f"{scheme}://{place}", parts.path.rstrip("/"), unquote(userinfo) or None)


def _socket_address(url: str, parts: SplitResult) -> Address:
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/"):
        raise Unreachable("the path of a Unix socket must begin at the root", _SOCKET_HINT)
    if parts.query or parts.fragment:
        raise Unreachable("the path of a Unix socket holds ? as %3F and # as %23", _SOCKET_HINT)
    if path.endswith("/") or any(mark.isspace() for mark in url) or not path.isprintable():
        raise Unreachable("this is not the path of a Unix socket", _SOCKET_HINT)
    return Address("http://localhost", "", socket=path)


def redirected(url: str, location: str) -> str:
    """Give where a redirect leads; raise Unreachable if it leads to another origin."""
    try:
        target = urljoin(url, location.strip())
        parts = urlsplit(target)
        host, scheme, port = _origin(parts)
        same = (host, scheme, port) == _origin(urlsplit(url))
    except ValueError:
        raise BadAnswer("it redirects to an address that cannot be") from None
    if same:
        return target
    other = f"{scheme}://{host}" + (f":{port}" if port != _PORTS.get(scheme) else "")
    detail = f"it redirects to {other}, another origin, where the credential does not go"
    raise Unreachable(detail, "if that is the API, give that address")


def leads_elsewhere(url: str, location: str) -> bool:
    """Tell whether a redirect leads to another origin."""
    try:
        target = urlsplit(urljoin(url, location.strip()))
        return bool(target.hostname) and _origin(target) != _origin(urlsplit(url))
    except ValueError:
        return False


def page_below(address: str, web: str | None) -> str | None:
    """Give the path of a page below an address, without its query; None for one elsewhere."""
    page = address.strip().partition("#")[0].partition("?")[0]
    if web is None or not page.casefold().startswith(web.casefold()):
        return None
    return page[len(web) :]


def segment(text: str) -> str:
    """Write an id so that it is one segment of a path, whatever it holds."""
    if text in {".", ".."}:
        return text.replace(".", "%2E")
    return quote(text, safe="", errors="replace")


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    scheme = parts.scheme.lower()
    return (parts.hostname or "").lower(), scheme, parts.port or _PORTS.get(scheme)
