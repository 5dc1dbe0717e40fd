"""What the panels have in common: a column of buttons of which one is chosen, and words that are read out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.exercises.panels.outcome import Outcome


class OneOf:
    """A column of buttons, one of which is chosen, or none yet.

    Not radio buttons or a list box, whose arrow keys JupyterLab takes for its own. Nor `ToggleButtons`, which makes all
    its buttons anew when the label of one changes: the one that has the keyboard would lose it.

    Attributes:
        chosen: the number of the chosen one from the top, counted from 0; None where nothing is chosen.
        widget: the column.
        lock: to be held by whoever changes something. JupyterLab may have one press dealt with in the kernel's main
            thread and the next one in another.
    """

    def __init__(self, labels: Sequence[str], chosen: int | None, when_chosen: Callable[[], None]) -> None:
        import ipywidgets  # type: ignore[import-untyped]

        self.chosen = chosen
        self.lock = threading.RLock()
        self._when_chosen = when_chosen
        self._showing = False
        self._buttons = [ipywidgets.ToggleButton() for _ in labels]
        for at, button in enumerate(self._buttons):
            button.observe(partial(self._pressed, at), "value")
        self.widget = ipywidgets.VBox(self._buttons)
        self.widget.add_class("wm-one-of")
        self.show(labels, chosen)

    def show(self, labels: Sequence[str], chosen: int | None) -> None:
        """Write other labels on the buttons, and choose one. Each button stays, and keeps the keyboard if it has it."""
        with self.lock:
            self.chosen = chosen
            self._showing = True
            try:
                for at, (button, label) in enumerate(zip(self._buttons, labels, strict=True)):
                    button.description = label
                    button.value = at == chosen
                    button.tooltip = "chosen" if at == chosen else "choose this one"  # read out after the label
            finally:
                self._showing = False

    def press(self, at: int) -> None:
        """Choose the button of that number, as a click on it does."""
        self._pressed(at)

    def _pressed(self, at: int, _: Any = None) -> None:
        with self.lock:
            if not self._showing:
                self.show([button.description for button in self._buttons], at)  # pressed again, it stays chosen
                self._when_chosen()


def read_out(text: str) -> str:
    """Quiet words under the buttons. A screen reader reads them out when they change."""
    return f'<div role="status" aria-live="polite" class="wm-quiet">{escape(text)}</div>'


def result(outcome: Outcome) -> str:
    """The card of a check, which a screen reader reads out when it comes."""
    return f'<div role="status" aria-live="polite">{outcome._repr_html_()}</div>'


RUNNING = read_out("running it …")
NO_END = read_out("The check did not come to an end. Press Check again.")
