"""The panel of `choose`: the question, its answers, and what is said to the one that was taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.exercises.exercise import Choice
from helpers.exercises.panels.look import STYLE
from helpers.exercises.panels.one_of import NO_END, RUNNING, OneOf, read_out, result
from helpers.page.card import prose
from helpers.page.projector import enlarge
from helpers.page.shell import show

if TYPE_CHECKING:
    from helpers.exercises.panels.outcome import Outcome


class ChoicePanel:
    """A question, and a button for each of its answers. All of it works from the keyboard."""

    def __init__(self, exercise: Choice, judge: Callable[[str], Outcome]) -> None:
        import ipywidgets  # type: ignore[import-untyped]

        self.exercise = exercise
        self._judge = judge
        labels = [f"{letter}  {text}" for letter, text in exercise.answers.items()]
        self._told = ipywidgets.HTML(read_out("Nothing is chosen yet."))
        self._answers = OneOf(labels, None, self._tell)
        self._button = ipywidgets.Button(description="Check", icon="check", button_style="primary")
        self._button.on_click(self._check)
        self._said = ipywidgets.HTML()
        head = f"{STYLE}<b>{prose(exercise.title)}</b><div>{prose(exercise.question)}</div>"
        asked = ipywidgets.VBox([ipywidgets.HTML(head), self._answers.widget, self._told, self._button])
        enlarge(asked)
        self.widget = ipywidgets.VBox([asked, self._said])  # card and chart have a size of their own
        self.widget.add_class("wm-panel")

    @property
    def chosen(self) -> str | None:
        """The letter of the answer that is chosen."""
        return None if self._answers.chosen is None else list(self.exercise.answers)[self._answers.chosen]

    def _tell(self) -> None:
        self._told.value = read_out(f"Chosen: {self.chosen}.")

    def _check(self, _: Any) -> None:
        if self.chosen is None:
            self._told.value = read_out("Choose an answer first.")
            return
        self._said.value = RUNNING
        try:
            outcome = self._judge(self.chosen)
        except BaseException:
            self._said.value = NO_END
            raise
        chart = outcome.timeline().html() if outcome.state == "done" else ""
        self._said.value = result(outcome) + chart

    def __repr__(self) -> str:
        answers = [f"{letter}  {text}" for letter, text in self.exercise.answers.items()]
        say = f'choose("{self.exercise.name}", "a") takes an answer.'
        return "\n".join([self.exercise.title, self.exercise.question, *answers, say])

    def _ipython_display_(self) -> None:
        show(self.widget)
