"""Sources opened from their settings."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from runs_tui.config.places import line_of, places_of
from runs_tui.config.settings import TOKENS
from runs_tui.config.values import ConfigError, Problem
from runs_tui.model.errors import Refused, SourceError, Unreachable
from runs_tui.model.own_log import PROGRAM
from runs_tui.model.settings import SourceSettings
from runs_tui.model.text import one_line
from runs_tui.model.words import did_you_mean

if TYPE_CHECKING:
    from runs_tui.adapters.base import Connection, Credential, Source
    from runs_tui.model.clock import Clock

_LOG = PROGRAM.getChild("config")


def open_source(settings: SourceSettings, clock: "Clock | None" = None) -> "Source":
    """Fetch the credential and build the source; raise ConfigError for settings that are wrong.

    Where only the credential cannot be had, the source is one that says so at every request.
    """
    from runs_tui.config.credentials import credential_of

    kind = source_kind(settings)
    try:
        settings, own = resolved(settings)
        _tell(settings)
        connection = connection_of(settings, own or credential_of(settings))
        return kind(connection, clock)
    except Refused as error:
        raise ConfigError([_problem(settings, error.detail, "options")]) from None
    except SourceError as error:
        _LOG.warning("%s: %s", settings.name, error.sentence)
        return unusable(settings, error)


def resolved(settings: SourceSettings) -> "tuple[SourceSettings, Credential | None]":
    """Give settings with an address, and the credential that comes with one of the engine's own.

    Raise Unreachable where neither a configuration nor the engine's own settings name one that can
    be.
    """
    if settings.url:
        return settings, None
    from runs_tui.adapters.own import own_of, told_where

    own = own_of(settings.api, os.environ)
    if own is None:
        where = told_where(settings.api)
        raise Unreachable("nothing says where its server is", f"give a url, or set {where}")
    told = any(getattr(settings, name) for name in TOKENS)
    return replace(settings, url=own.url), None if told else own.credential


def _tell(settings: SourceSettings) -> None:
    """Let the log have what is opened, without what its options say."""
    origin = settings.token_env or (settings.token_command and "a command")
    origin = origin or (settings.token_keyring and "the keyring") or "nowhere"
    options = ", ".join(settings.options) or "none"
    told = (settings.name, settings.api, settings.url, origin, options)
    _LOG.info("source %s: api %s, url %s, credential from %s, options %s", *told)


def source_kind(settings: SourceSettings) -> "type[Source]":
    """Import the adapter of a source; raise ConfigError if it is none, or knows not an option."""
    from runs_tui.adapters import source_type

    try:
        kind = source_type(settings.api)
    except LookupError as error:
        raise ConfigError([_problem(settings, str(error.args[0]), "api")]) from None
    except (ImportError, AttributeError) as error:
        reason = one_line(str(error), 120)
        message = f"the adapter of {settings.api!r} cannot be loaded: {reason}"
        raise ConfigError([_problem(settings, message, "api")]) from error
    strangers = [name for name in settings.options if name not in kind.options]
    if strangers:
        raise ConfigError(
            _problem(settings, _stranger(name, kind), "options", name) for name in strangers
        )
    return kind


def wrong_options(settings: SourceSettings) -> tuple[Problem, ...]:
    """Give what the adapter of a source finds wrong with its options, without its credential."""
    try:
        source_kind(settings)(connection_of(settings))
    except ConfigError as error:
        return error.problems
    except Refused as error:
        return (_problem(settings, error.detail, "options"),)
    except SourceError:
        return ()
    return ()


def unusable(settings: SourceSettings, why: SourceError) -> "Source":
    """Give a source that answers every request with an error."""
    from runs_tui.adapters.unusable import UnusableSource

    return UnusableSource(connection_of(settings), why, settings.api)


def connection_of(settings: SourceSettings, credential: "Credential | None" = None) -> "Connection":
    """Give what an adapter needs to reach its API."""
    from runs_tui.adapters.base import Connection, Credential

    return Connection(
        name=settings.name,
        url=settings.url,
        credential=credential or Credential(),
        options=dict(settings.options),
        read_only=settings.read_only,
        protected=settings.protected,
        color=settings.color,
        refresh=settings.refresh,
        configured=settings.path is not None,
    )


def _stranger(name: str, kind: "type[Source]") -> str:
    if not kind.options:
        return f"the API {kind.api} has no options, so {name!r} is none"
    return f"the API {kind.api} has no option {name!r}: {did_you_mean(name, kind.options)}"


def _problem(settings: SourceSettings, message: str, *keys: str) -> Problem:
    if settings.path is None:
        return Problem(message)
    try:
        places = places_of(settings.path.read_text("utf-8"))
    except (OSError, ValueError):
        places = {}
    return Problem(message, settings.path, line_of(places, ("sources", settings.name, *keys)))
