"""The configuration: a TOML file as checked values, and sources opened from them."""

from runs_tui.config.opening import open_source
from runs_tui.config.reading import PATH_VARIABLE, config_path, load
from runs_tui.config.values import Config, ConfigError, Problem
from runs_tui.model.settings import SourceSettings
from runs_tui.model.view import View

__all__ = [
    "PATH_VARIABLE",
    "Config",
    "ConfigError",
    "Problem",
    "SourceSettings",
    "View",
    "config_path",
    "load",
    "open_source",
]
