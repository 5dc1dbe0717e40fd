"""`progress`: which exercises are done, over the whole course."""

from html import escape
from typing import TYPE_CHECKING

from helpers.exercises import catalogue
from helpers.exercises.exercise import Exercise
from helpers.exercises.states import ExerciseState, states
from helpers.page.card import QUIET, card, code
from helpers.page.colours import BLUE

if TYPE_CHECKING:
    import pandas


class Progress:
    """How the learner stands, shown as a card when it is a cell's last line.

    Attributes:
        chapters: for each chapter the exercises, each with an `ExerciseState`.
    """

    def __init__(self) -> None:
        known = states()
        self.chapters = {
            chapter: [(exercise, known.get(exercise.name, ExerciseState())) for exercise in exercises]
            for chapter, exercises in catalogue.chapters().items()
        }

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(state.done for row in self.chapters.values() for _, state in row)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(map(len, self.chapters.values()))

    @property
    def table(self) -> "pandas.DataFrame":
        """One row per exercise: chapter, name, title, done, tries, hints, looked (at the solution before)."""
        import pandas

        rows = [
            (chapter, exercise.name, exercise.title, state.done, state.tries, state.hints, state.looked)
            for chapter, row in self.chapters.items()
            for exercise, state in row
        ]
        return pandas.DataFrame(rows, columns=["chapter", "name", "title", "done", "tries", "hints", "looked"])

    def __repr__(self) -> str:
        lines = [f"{self.done} of {self.total} exercises done"]
        for chapter, row in self.chapters.items():
            lines.append(f"Chapter {chapter}")
            # Plain signs: not every script's output can show the others, and then `print` would fail.
            lines += [f"  [{'x' if state.done else ' '}] {exercise.name}: {state.words}" for exercise, state in row]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return card(
            "exercise-card",
            BLUE,
            f'<b style="color:{BLUE}">{self.done} of {self.total} exercises done</b>',
            *(_chapter(chapter, row) for chapter, row in self.chapters.items()),
        )


def _chapter(chapter: str, row: list[tuple[Exercise, ExerciseState]]) -> str:
    """One line for a chapter; below it, folded unless the learner is in the middle of it, one for each exercise."""
    done, begun = sum(state.done for _, state in row), any(state.tries for _, state in row)
    exercises = "".join(
        f"<div>{_sign(state)}</div><div>{escape(exercise.title)}</div>"
        f"<div>{code(exercise.name)}</div>"
        f'<div style="{QUIET}">{escape(state.words)}</div>'
        for exercise, state in row
    )
    columns = (
        "display:grid;grid-template-columns:repeat(3,max-content) minmax(0,1fr);gap:2px 14px;margin:2px 0 6px 18px"
    )
    signs = " ".join(_sign(state) for _, state in row)
    head = f'<summary style="cursor:pointer">{chapter} &nbsp; {signs} &nbsp; {done} of {len(row)}</summary>'
    unfolded = " open" if begun and done < len(row) else ""
    return f'<details{unfolded}>{head}<div style="{columns}">{exercises}</div></details>'


def _sign(state: ExerciseState) -> str:
    return "✓" if state.done else "○"


def progress() -> Progress:
    """Show which exercises of the course are done. Nothing depends on it: every chapter is open to you."""
    return Progress()
