"""The server that Prefect's own programs are set to use."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from runs_tui.adapters.base import Credential
from runs_tui.adapters.own import Own, home_of

WHERE = "PREFECT_API_URL, or the active profile in profiles.toml"
"""Where they are told it."""
_URL = "PREFECT_API_URL"
_SECRETS = ("PREFECT_API_KEY", "PREFECT_API_AUTH_STRING")


def own(environ: Mapping[str, str]) -> Own | None:
    """Give the address and the credential of the variables, or of the profile that is active."""
    profile = _profile(environ)
    url = environ.get(_URL) or profile.get(_URL)
    if not url:
        return None
    for name in _SECRETS:
        if environ.get(name):
            return Own(url, Credential(environ[name], name))
    for name in _SECRETS:
        if profile.get(name):
            return Own(url, Credential(profile[name], f"{name} in profiles.toml"))
    return Own(url)


def _profile(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Give the settings of the active profile; none where there is none or it cannot be read."""
    try:
        told = tomllib.loads(_file(environ).read_text("utf-8"))
    except (OSError, ValueError, RuntimeError):
        return {}
    profiles = told.get("profiles")
    active = environ.get("PREFECT_PROFILE") or told.get("active")
    if not isinstance(profiles, dict) or not isinstance(active, str):
        return {}
    profile = profiles.get(active)
    if not isinstance(profile, dict):
        return {}
    return {name: value for name, value in profile.items() if isinstance(value, str)}


def _file(environ: Mapping[str, str]) -> Path:
    told = environ.get("PREFECT_PROFILES_PATH")
    if told:
        return Path(told).expanduser()
    home = environ.get("PREFECT_HOME")
    return (Path(home).expanduser() if home else home_of(environ) / ".prefect") / "profiles.toml"
