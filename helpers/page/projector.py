"""How large everything is shown: half as large again where a class looks at it on a wall."""

from typing import Any

from helpers.page.checked import check_flag
from helpers.page.say import say

LARGER = 1.5

WIDGETS = f"<style>.wm-large {{zoom:{LARGER:g}}}</style>"

_zoom = 1.0


def zoom() -> float:
    """How many times as large as usual text is shown, at the same width."""
    return _zoom


def sized(width: float) -> str:
    """The style of a piece of HTML that takes so many pixels of the page at most, its text as large as it is now."""
    return f"max-width:{width / _zoom:g}px" + (f";zoom:{_zoom:g}" if _zoom != 1 else "")


def enlarge(*widgets: Any) -> None:
    """Have these widgets show their text as large as it is now. The page needs `WIDGETS` for it."""
    for widget in widgets:
        if _zoom != 1:
            widget.add_class("wm-large")


def projector(on: bool = True) -> None:
    """Show all that comes from now on with text 1.5 times as large, for a class: ``projector()``.

    Charts, cards and panels stay as wide as they are. It changes how things look, and nothing that is measured.

    Args:
        on: ``projector(False)`` goes back to the usual size.

    Raises TypeError for anything but True and False.
    """
    global _zoom
    _zoom = LARGER if check_flag("on", on) else 1.0
    size = f"{LARGER:g} times as large as usual" if on else "as large as usual"
    back = "; projector(False) goes back" if on else ""
    say(f"From now on text is {size}{back}. What is on the page already stays as it is: run its cell again.")
