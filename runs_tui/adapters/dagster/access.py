"""How a credential is shown: to a proxy before a webserver, or to Dagster+."""

from runs_tui.adapters.base import Connection
from runs_tui.adapters.dagster.address import is_hosted
from runs_tui.transport.auth import Auth, basic, bearer, header

_HOSTED_HEADER = "Dagster-Cloud-Api-Token"


def auth_of(connection: Connection) -> Auth | None:
    """Give how the credential of a connection is shown, where it has one."""
    secret = connection.credential.secret
    if secret is None:
        return None
    name = connection.options.get("header")
    if name is None and is_hosted(connection.url):
        name = _HOSTED_HEADER
    if name is not None and name.casefold() != "authorization":
        return header(name, secret)
    return basic(secret) if ":" in secret else bearer(secret)
