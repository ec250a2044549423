"""The server that Airflow's own programs are set to use."""

from collections.abc import Mapping
from configparser import Error, RawConfigParser
from pathlib import Path

from runs_tui.adapters.base import Credential
from runs_tui.adapters.own import Own, home_of

WHERE = "AIRFLOW__API__BASE_URL, or base_url below [api] in airflow.cfg"
"""Where they are told it."""
_URL = "AIRFLOW__API__BASE_URL"
_TOKEN = "AIRFLOW_CLI_TOKEN"


def own(environ: Mapping[str, str]) -> Own | None:
    """Give the address that `airflow` knows, and the token that `airflowctl` would show."""
    url = environ.get(_URL, "").strip() or _in_file(environ)
    if not url:
        return None
    token = environ.get(_TOKEN, "").strip()
    return Own(url, Credential(token, _TOKEN) if token else None)


def _file(environ: Mapping[str, str]) -> Path:
    told = environ.get("AIRFLOW_CONFIG")
    if told:
        return Path(told).expanduser()
    home = environ.get("AIRFLOW_HOME")
    return (Path(home).expanduser() if home else home_of(environ) / "airflow") / "airflow.cfg"


def _in_file(environ: Mapping[str, str]) -> str:
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(_file(environ).read_text("utf-8"))
    except (OSError, ValueError, RuntimeError, Error):
        return ""
    return parser.get("api", "base_url", fallback="").strip()
