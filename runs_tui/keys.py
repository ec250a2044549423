"""How a key is bound: footer, palette, help and README are all drawn from these bindings."""

from collections.abc import Iterator

from textual.binding import Binding
from textual.dom import DOMNode


def key(
    keys: str, action: str, id: str, name: str, tooltip: str, *, display: str | None = None
) -> Binding:
    """Bind keys to an action that the footer shows; `id` is what a configuration rebinds."""
    return Binding(keys, action, name, id=id, tooltip=tooltip, key_display=display)


def quiet(
    keys: str, action: str, id: str, name: str, tooltip: str, *, display: str | None = None
) -> Binding:
    """Bind keys to an action that the footer leaves out, though help and palette tell it."""
    return Binding(keys, action, name, id=id, tooltip=tooltip, key_display=display, show=False)


def bound() -> Iterator[list[Binding]]:
    """Give the bindings of every class of this program, with those it inherits, one for a key."""
    classes: list[type[DOMNode]] = [DOMNode]
    while classes:
        cls = classes.pop()
        classes += cls.__subclasses__()
        ours = [base for base in cls.__mro__ if base.__module__.startswith("runs_tui.")]
        told = [binding for base in ours for binding in vars(base).get("BINDINGS", ())]
        if told:
            yield list(Binding.make_bindings(told))
