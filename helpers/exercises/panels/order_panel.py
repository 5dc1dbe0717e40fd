"""The panel of `order`: lines, one of them chosen, and buttons that move it. All of it works from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.exercises.exercise import Order
from helpers.exercises.panels.look import STYLE
from helpers.exercises.panels.one_of import NO_END, RUNNING, OneOf, read_out, result
from helpers.page.projector import enlarge
from helpers.page.shell import show
from helpers.page.words import count

if TYPE_CHECKING:
    from helpers.exercises.panels.outcome import Outcome

DEEPEST = 4
MOVES = {"up": "arrow-up", "down": "arrow-down", "left": "arrow-left", "right": "arrow-right"}
EDGES = {"up": "at the top", "down": "at the bottom", "left": "at the left", "right": "as far to the right as it goes"}


class OrderPanel:
    """Lines to be moved.

    The buttons move the line that is chosen, wherever it is by then: so quick clicks do what they should although each
    of them goes to the kernel and back. What a press has done is told in words.
    """

    def __init__(self, exercise: Order, judge: Callable[[list[tuple[int, int]]], Outcome]) -> None:
        import ipywidgets  # type: ignore[import-untyped]

        self.exercise = exercise
        self.placed = list(exercise.shown)
        self._judge = judge
        self._letters = {number: letter for letter, number in exercise.letters.items()}
        self._told, self._as_text, self._said = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._lines = OneOf(self._labels(), 0, lambda: self._tell(f"Chosen: line {self._letter}, {self._place}."))
        self._lines.widget.add_class("wm-lines")
        buttons = []
        for move, icon in MOVES.items():
            button = ipywidgets.Button(description=move, icon=icon, layout={"width": "92px"})
            button.tooltip = f"move the chosen line {move}"
            button.on_click(lambda _, move=move: self._move_chosen(move))
            buttons.append(button)
        self._button = ipywidgets.Button(description="Check", icon="check", button_style="primary")
        self._button.on_click(self._check)
        head = f'{STYLE}<b>{escape(exercise.title)}</b><div class="wm-code">{escape(exercise.head)}</div>'
        asked = ipywidgets.VBox(
            [
                ipywidgets.HTML(head),
                ipywidgets.HBox([self._lines.widget, ipywidgets.VBox(buttons)]),
                self._told,
                self._as_text,
                self._button,
            ]
        )
        enlarge(asked)
        self.widget = ipywidgets.VBox([asked, self._said])  # the card has a size of its own
        self.widget.add_class("wm-panel")
        self._tell(f"Chosen: line {self._letter}, {self._place}.")

    def move(self, at: int, move: str) -> None:
        """Move line `at`, counted from 0, "up", "down", "left" or "right", as far as it goes."""
        number, depth = self.placed[at]
        to = at + {"up": -1, "down": 1}.get(move, 0)
        depth += {"right": 1, "left": -1}.get(move, 0)
        if not (0 <= to < len(self.placed) and 0 <= depth <= DEEPEST):
            self._tell(f"Line {self._letters[number]} is {EDGES[move]} already.")
            return
        del self.placed[at]
        self.placed.insert(to, (number, depth))
        self._lines.show(self._labels(), to)
        self._tell(f"Line {self._letter} moved {move}: {self._place}.")

    def _move_chosen(self, move: str) -> None:
        with self._lines.lock:
            self.move(self._lines.chosen or 0, move)

    @property
    def text(self) -> str:
        """The order as `order` takes it."""
        return " ".join(">" * depth + self._letters[number] for number, depth in self.placed)

    @property
    def _letter(self) -> str:
        """What the chosen line is called."""
        return self._letters[self.placed[self._lines.chosen or 0][0]]

    @property
    def _place(self) -> str:
        """Where the chosen line is, in words."""
        at = self._lines.chosen or 0
        depth = self.placed[at][1]
        inside = f"{count(depth, 'step')} to the right" if depth else EDGES["left"]
        return f"place {at + 1} of {len(self.placed)}, {inside}"

    def _labels(self) -> list[str]:
        return [
            f"{self._letters[number]}{' ' * (5 + 4 * depth)}{self.exercise.lines[number][1]}"
            for number, depth in self.placed
        ]

    def _tell(self, words: str) -> None:
        self._told.value = read_out(words)
        same = escape(f'order("{self.exercise.name}", "{self.text}")')
        self._as_text.value = f'<span class="wm-quiet">The same in a cell: <code>{same}</code></span>'

    def _check(self, _: Any) -> None:
        self._said.value = RUNNING
        try:
            outcome = self._judge(self.placed)
        except BaseException:
            self._said.value = NO_END
            raise
        self._said.value = result(outcome)

    def __repr__(self) -> str:
        say = f'order("{self.exercise.name}", "{self.text}") checks an order; ">" moves a line to the right.'
        return "\n".join([self.exercise.title, self.exercise.head, *self._labels(), say])

    def _ipython_display_(self) -> None:
        show(self.widget)
