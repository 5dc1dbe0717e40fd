"""`hint` and `solution`."""

from html import escape

from helpers.archive.exercise_log import note
from helpers.exercises import catalogue
from helpers.page.card import QUIET, block, card, prose
from helpers.page.colours import BLUE

_given: dict[str, int] = {}


class Sheet:
    """Some help, shown as a card when it is a cell's last line."""

    def __init__(self, head: str, text: str, code: str = "", after: str = "") -> None:
        self.head = head
        self.text = text
        self.code = code
        self.after = after

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.head, self.text, self.code, self.after) if part)

    def _repr_html_(self) -> str:
        parts = [f'<b style="color:{BLUE}">{escape(self.head)}</b>', prose(self.text)]
        if self.code:
            parts.append(f'<details><summary style="cursor:pointer">Show it</summary>{block(self.code)}</details>')
        parts.append(f'<span style="{QUIET}">{prose(self.after)}</span>')
        return card("exercise-card", BLUE, *parts)


def hint(name: str) -> Sheet:
    """The next hint for an exercise: ``hint("stack-not-stairs")``. After the last one it begins again.

    Raises TypeError or ValueError where there is no exercise of that name.
    """
    exercise = catalogue.find(name)
    number = _given.get(name, 0) % len(exercise.hints)
    _given[name] = number + 1
    note(name, "hint")
    left = len(exercise.hints) - number - 1
    after = f"{left} more: run this again." if left else f'That was the last one. `solution("{name}")` shows a way.'
    return Sheet(f"Hint {number + 1} of {len(exercise.hints)}: {exercise.title}", exercise.hints[number], after=after)


def solution(name: str) -> Sheet:
    """One good answer to an exercise, folded: ``solution("stack-not-stairs")``.

    `progress` will say that it was looked at. Raises TypeError or ValueError where there is no exercise of that name.
    """
    exercise = catalogue.find(name)
    note(name, "solution")
    return Sheet(
        f"A solution: {exercise.title}",
        "One of several good ways.",
        exercise.solution,
        "Read it, close it, and write it again in your own words: that is what stays.",
    )
