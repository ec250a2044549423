"""How a key is bound: footer, palette, help and README are all drawn from these bindings."""

from textual.binding import Binding


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
