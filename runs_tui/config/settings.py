"""Every setting of a configuration: its name, what it is for, and what may stand there."""

from dataclasses import dataclass
from typing import Any

from runs_tui.config import kinds
from runs_tui.config.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting."""

    name: str
    """Its key."""
    about: str
    """What it is for, in one sentence."""
    kind: Kind[Any]
    """What may stand there."""
    need: bool = False
    """Whether it must be there."""
    default: bool | None = None
    """What holds where it is not there; None where nothing does."""


TOKENS = ("token_env", "token_command", "token_keyring")
"""The settings of a source that say where its credential comes from: one of them at most."""
OPTIONS = "options"
"""The table of a source that holds what its API needs besides."""

SOURCE = (
    Setting(name="api", about="The API that the server speaks.", kind=kinds.API, need=True),
    Setting(
        name="url",
        about="The base address of the API, without a credential; Airflow and Prefect know theirs.",
        kind=kinds.ADDRESS,
    ),
    Setting(name="token_env", about="The variable that holds the credential.", kind=kinds.VARIABLE),
    Setting(
        name="token_command",
        about="The command that prints the credential in its first line, word for word.",
        kind=kinds.COMMAND,
    ),
    Setting(
        name="token_keyring",
        about="The entry of the system's keyring that holds the credential, as service/user.",
        kind=kinds.KEYRING_ENTRY,
    ),
    Setting(
        name="read_only",
        about="Whether nothing can be cancelled or retried through it.",
        kind=kinds.TRUTH,
        default=False,
    ),
    Setting(
        name="protected",
        about="Whether its name must be typed before anything is changed through it.",
        kind=kinds.TRUTH,
        default=False,
    ),
    Setting(
        name="color",
        about="The colour that marks its runs: one of a terminal's, or #rrggbb.",
        kind=kinds.COLOR,
    ),
    Setting(
        name="refresh",
        about='The least time between two reads of its list, as "5s" or "1m".',
        kind=kinds.AMOUNT,
    ),
)
"""The settings of a source, besides its options."""

VIEW = (
    Setting(
        name="filter",
        about='Which runs it shows, as typed after "/": "state:failed created:>12h".',
        kind=kinds.FILTER,
    ),
    Setting(
        name="sort",
        about='The column it is sorted by, with "-" before it for the greatest or latest first.',
        kind=kinds.SORT,
    ),
    Setting(
        name="columns",
        about="The columns it shows, in order; details.NAME is a field of the API's own.",
        kind=kinds.COLUMN_LIST,
    ),
)
"""The settings of a view."""

NOTIFY = (
    Setting(name="bell", about="Whether the terminal rings.", kind=kinds.TRUTH, default=True),
    Setting(
        name="terminal",
        about="The sequence that notifies: auto, 9, 777, 99 or off.",
        kind=kinds.WAY,
    ),
    Setting(
        name="title",
        about="Whether the title of the terminal says it.",
        kind=kinds.TRUTH,
        default=True,
    ),
    Setting(
        name="command",
        about="What is run here besides; RUNS_TUI_TITLE and RUNS_TUI_TEXT say what happened.",
        kind=kinds.COMMAND,
    ),
)
"""How it is told that a run has ended, or that a view has gained one."""

TOP = (
    Setting(name="theme", about="The name of the theme.", kind=kinds.TEXT),
    Setting(
        name="ascii",
        about="Whether all is drawn in ASCII, as with --ascii.",
        kind=kinds.TRUTH,
        default=False,
    ),
    Setting(
        name="mouse",
        about="Whether the mouse works; unless told, it does but over SSH.",
        kind=kinds.TRUTH,
    ),
)
"""The settings that stand before the first table."""
TABLES = ("sources", "views", "keys", "notify")
"""The tables of a configuration."""
