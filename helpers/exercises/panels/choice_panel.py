"""The panel of `choose`: the question, its answers, and what is said to the one that was taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.exercises.exercise import Choice
from helpers.exercises.panels.look import STYLE
from helpers.page.card import prose
from helpers.page.shell import show

if TYPE_CHECKING:
    from helpers.exercises.panels.outcome import Outcome


class ChoicePanel:
    """A question, and a button for each of its answers."""

    def __init__(self, exercise: Choice, judge: Callable[[str], Outcome]) -> None:
        import ipywidgets  # type: ignore[import-untyped]

        self.exercise = exercise
        self._judge = judge
        options = [(f"{letter}  {text}", letter) for letter, text in exercise.answers.items()]
        # Not radio buttons, whose arrow keys JupyterLab takes for its own.
        self._answers = ipywidgets.ToggleButtons(options=options, value=None)
        check = ipywidgets.Button(description="Check", icon="check", button_style="primary")
        check.on_click(self._check)
        self._said = ipywidgets.HTML()
        head = f"{STYLE}<b>{prose(exercise.title)}</b><div>{prose(exercise.question)}</div>"
        self.widget = ipywidgets.VBox([ipywidgets.HTML(head), self._answers, check, self._said])
        self.widget.add_class("wm-panel")

    def _check(self, _: Any) -> None:
        if self._answers.value is None:
            self._said.value = '<span class="wm-quiet">Choose an answer first.</span>'
            return
        self._said.value = '<span class="wm-quiet">running it …</span>'
        outcome = self._judge(self._answers.value)
        self._said.value = outcome._repr_html_() + (outcome.timeline().html() if outcome.state == "done" else "")

    def __repr__(self) -> str:
        answers = [f"{letter}  {text}" for letter, text in self.exercise.answers.items()]
        say = f'choose("{self.exercise.name}", "a") takes an answer.'
        return "\n".join([self.exercise.title, self.exercise.question, *answers, say])

    def _ipython_display_(self) -> None:
        show(self.widget)
