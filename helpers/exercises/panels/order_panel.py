"""The panel of `order`: lines, one of them chosen, and buttons that move it. All of it works from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.exercises.exercise import Order
from helpers.exercises.panels.look import STYLE
from helpers.page.shell import show

if TYPE_CHECKING:
    from helpers.exercises.panels.outcome import Outcome

DEEPEST = 4
MOVES = {"up": "arrow-up", "down": "arrow-down", "left": "arrow-left", "right": "arrow-right"}


class OrderPanel:
    """Lines to be moved.

    The buttons move the line that is chosen, wherever it is by then: so quick clicks do what they should although each
    of them goes to the kernel and back.
    """

    def __init__(self, exercise: Order, judge: Callable[[list[tuple[int, int]]], Outcome]) -> None:
        import ipywidgets  # type: ignore[import-untyped]

        self.exercise = exercise
        self.placed = list(exercise.shown)
        self._judge = judge
        self._letters = {number: letter for letter, number in exercise.letters.items()}
        # Not a list box, whose arrow keys JupyterLab takes for its own: one button per line, which Tab leads to.
        self._lines = ipywidgets.ToggleButtons(options=self._options(), index=0)
        self._lines.add_class("wm-lines")
        buttons = []
        for move, icon in MOVES.items():
            button = ipywidgets.Button(description=move, icon=icon, layout={"width": "92px"})
            button.tooltip = f"move the chosen line {move}"
            button.on_click(lambda _, move=move: self.move(self._lines.index, move))
            buttons.append(button)
        self._as_text = ipywidgets.HTML()
        check = ipywidgets.Button(description="Check", icon="check", button_style="primary")
        check.on_click(self._check)
        self._said = ipywidgets.HTML()
        head = f'{STYLE}<b>{escape(exercise.title)}</b><div class="wm-code">{escape(exercise.head)}</div>'
        self.widget = ipywidgets.VBox(
            [
                ipywidgets.HTML(head),
                ipywidgets.HBox([self._lines, ipywidgets.VBox(buttons)]),
                self._as_text,
                check,
                self._said,
            ]
        )
        self.widget.add_class("wm-panel")
        self._show_text()

    def move(self, at: int, move: str) -> None:
        """Move line `at`, counted from 0, "up", "down", "left" or "right", as far as it goes."""
        number, depth = self.placed[at]
        to = at + {"up": -1, "down": 1}.get(move, 0)
        depth += {"right": 1, "left": -1}.get(move, 0)
        if not (0 <= to < len(self.placed) and 0 <= depth <= DEEPEST):
            return
        del self.placed[at]
        self.placed.insert(to, (number, depth))
        with self._lines.hold_sync():  # or the browser would see the new lines with another one chosen
            self._lines.options = self._options()
            self._lines.index = to
        self._show_text()

    @property
    def text(self) -> str:
        """The order as `order` takes it."""
        return " ".join(">" * depth + self._letters[number] for number, depth in self.placed)

    def _options(self) -> list[tuple[str, int]]:
        return [
            (f"{self._letters[number]}{' ' * (5 + 4 * depth)}{self.exercise.lines[number][1]}", number)
            for number, depth in self.placed
        ]

    def _show_text(self) -> None:
        same = escape(f'order("{self.exercise.name}", "{self.text}")')
        self._as_text.value = f'<span class="wm-quiet">The same in a cell: <code>{same}</code></span>'

    def _check(self, _: Any) -> None:
        self._said.value = '<span class="wm-quiet">running it …</span>'
        self._said.value = self._judge(self.placed)._repr_html_()

    def __repr__(self) -> str:
        lines = [label for label, _ in self._options()]
        say = f'order("{self.exercise.name}", "{self.text}") checks an order; ">" moves a line to the right.'
        return "\n".join([self.exercise.title, self.exercise.head, *lines, say])

    def _ipython_display_(self) -> None:
        show(self.widget)
