"""Where credentials come from: a variable, a command, or the system's keyring."""

import os
import shutil
import subprocess
from pathlib import PurePath

from runs_tui.adapters.base import Credential
from runs_tui.model.errors import Unauthorized
from runs_tui.model.redaction import HIDDEN
from runs_tui.model.settings import SourceSettings
from runs_tui.model.text import one_line

COMMAND_LIMIT = 30.0
"""How many seconds a command may take to print a credential."""


def credential_of(settings: SourceSettings) -> Credential:
    """Fetch the credential of a source; raise Unauthorized that says what to mend."""
    if settings.token_env:
        return Credential(_from_variable(settings.token_env, settings.name), settings.token_env)
    if settings.token_command:
        origin = f"token_command of {settings.name}"
        return Credential(_from_command(settings.token_command, origin), origin)
    if settings.token_keyring:
        origin = f"{settings.token_keyring} in the keyring"
        return Credential(_from_keyring(settings.token_keyring), origin)
    return Credential()


def prospect(settings: SourceSettings) -> str | None:
    """Say whether the credential of a source can be had, without telling it or running a command.

    None where no credential is configured.
    """
    try:
        if settings.token_env:
            _from_variable(settings.token_env, settings.name)
            return f"the variable {settings.token_env} is set"
        if settings.token_command:
            return _program(settings.token_command[0])
        if settings.token_keyring:
            _from_keyring(settings.token_keyring)
            return "the keyring has it"
    except Unauthorized as error:
        return error.detail
    return None


def _program(name: str) -> str:
    called = PurePath(name).name
    found = f"{called} can be started, which was not done here"
    return found if shutil.which(name) else f"there is no program {called}"


def _from_variable(variable: str, name: str) -> str:
    secret = os.environ.get(variable, "").strip()
    if secret:
        return secret
    what = "is empty" if variable in os.environ else "is not set"
    raise Unauthorized(f"the variable {variable} {what}", f"it holds the credential of {name}")


def _from_command(command: tuple[str, ...], origin: str) -> str:
    program = PurePath(command[0]).name
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        late = f"{program} printed nothing within {COMMAND_LIMIT:.0f} s"
        raise Unauthorized(late, origin) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a command"
        raise Unauthorized(f"{program} cannot be started: {reason}", origin) from None
    told = ended.stdout.decode("utf-8", "replace").strip()
    secret = told.split("\n")[0].strip()
    if ended.returncode == 0 and secret:
        return secret
    failed = f"{program} ended with status {ended.returncode}"
    what = failed if ended.returncode else f"{program} printed nothing"
    raise Unauthorized(what + _last_words(ended.stderr, secret), origin)


def _last_words(stderr: bytes, secret: str) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return ""
    words = lines[-1].replace(secret, HIDDEN) if secret else lines[-1]
    return f": {one_line(words, 120)}"


def _from_keyring(entry: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        missing = "token_keyring needs the package keyring"
        raise Unauthorized(missing, "pip install 'runs-tui[keyring]'") from None
    service, _, user = entry.rpartition("/")
    try:
        secret = keyring.get_password(service, user)
    except KeyringError as error:
        reason = one_line(str(error), 120)
        raise Unauthorized(f"the keyring cannot be read: {reason}", f"check {entry}") from None
    if not secret or not secret.strip():
        raise Unauthorized(f"the keyring has nothing for {entry}", f"keyring set {service} {user}")
    return secret.strip()
