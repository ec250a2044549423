"""The commands of a place: every action that its keys do, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.dom import DOMNode


@dataclass(frozen=True, slots=True)
class Command:
    """One action that is bound where a person stands."""

    id: str
    """What a configuration calls it."""
    name: str
    """What the footer calls it."""
    what: str
    """What it does."""
    keys: str
    """Its keys."""
    action: str
    """The action itself."""
    node: "DOMNode"
    """Where it is done."""
    why_not: str = ""
    """Why it cannot be done now."""


def commands_of(screen: Screen[Any]) -> Sequence[Command]:
    """Give every action that is bound on a screen as it stands, each once."""
    keys: dict[str, list[str]] = {}
    bound = {}
    why_not = getattr(screen, "why_not", lambda action: None)
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.system or not (binding.tooltip or binding.description):
            continue
        keys.setdefault(binding.action, []).append(screen.app.get_key_display(binding))
        bound[binding.action] = active
    return [
        Command(
            id=active.binding.id or action,
            name=active.binding.description,
            what=active.binding.tooltip or active.binding.description,
            keys=" ".join(dict.fromkeys(keys[action])),
            action=action,
            node=active.node,
            why_not=why_not(action) or ("" if active.enabled else "not here"),
        )
        for action, active in bound.items()
    ]
