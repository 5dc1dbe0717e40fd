"""`order`: lines to put in order, judged by running what they make."""

import linecache
from collections.abc import Callable
from typing import Any

from helpers.exercises import catalogue
from helpers.exercises.bench import kernel_side
from helpers.exercises.bench.check_result import CheckResult
from helpers.exercises.checking import outcome
from helpers.exercises.exercise import Order, head_of
from helpers.exercises.finding import Finding
from helpers.exercises.panels.order_panel import OrderPanel
from helpers.exercises.panels.outcome import Outcome

Placed = list[tuple[int, int]]
"""The lines from top to bottom: each line's number in the solution's body, and how deep it stands."""


def order(name: str, lines: str | None = None) -> "Outcome | OrderPanel":
    """Put lines in order: ``order("tasks-first")`` shows them, to be moved by mouse or keyboard.

    Without a panel, give the letters that it shows from top to bottom, each with a ``>`` for every step to the right:
    ``order("tasks-first", "b a >c d")``.

    Raises TypeError or ValueError where there is no such exercise, or the letters are not those of its lines.
    """
    exercise = catalogue.find(name)
    if not isinstance(exercise, Order):
        raise ValueError(f"{name!r} has no lines to put in order: check or choose is for it")
    if lines is None:
        return OrderPanel(exercise, lambda placed: _judge(exercise, placed))
    return _judge(exercise, read(exercise, lines))


def read(exercise: Order, text: str) -> Placed:
    """What letters with marks, such as "b a >c", stand for. Raises TypeError or ValueError for anything else."""
    if not isinstance(text, str):
        raise TypeError(f"the order is a text such as 'b a >c', not {text!r}")
    letters = exercise.letters
    placed = [(letters.get(part.lstrip(">"), -1), len(part) - len(part.lstrip(">"))) for part in text.split()]
    if sorted(number for number, _ in placed) != sorted(letters.values()):
        raise ValueError(f"each of the letters {', '.join(letters)} is needed once, as in 'b a >c'; this is {text!r}")
    return placed


def assembled(exercise: Order, placed: Placed) -> str:
    """The function that the lines make."""
    body = [f"{'    ' * (depth + 1)}{exercise.lines[number][1]}" for number, depth in placed]
    return "\n".join([exercise.head, *body, ""])


def _judge(exercise: Order, placed: Placed) -> Outcome:
    if placed == exercise.shown:
        missing = CheckResult(sentence="The lines are still as they were.")
        return Outcome(exercise.name, exercise.title, "not yet", missing, f'`hint("{exercise.name}")` gives a hint.')
    try:
        function = defined(assembled(exercise, placed), exercise.given, f"your order of {exercise.name}")
    except SyntaxError as error:
        check_result = CheckResult(
            [Finding(f"Python cannot read this: {error.msg}.", "The function begins with line 1, its head.")]
        )
    else:
        check_result = kernel_side.judge(exercise, function)
    if check_result.findings:
        check_result.findings = [*check_result.findings[:1], _out_of_place(exercise, placed)]
    return outcome(exercise, check_result)


def _out_of_place(exercise: Order, placed: Placed) -> Finding:
    """The finding about the first line that no right order has there."""
    right = max(exercise.right_orders, key=lambda right: _alike(right, placed))
    at = _alike(right, placed)
    line = exercise.lines[placed[at][0]][1]
    above = "The lines above it are right." if at else ""
    if placed[at][0] == right[at][0]:
        wrong = "indented too far" if placed[at][1] > right[at][1] else "not indented far enough"
        return Finding(f"`{line}` is in its place, but {wrong}.", above)
    return Finding(f"The first line that cannot stand where it stands is `{line}`.", above)


def _alike(one: Placed, other: Placed) -> int:
    """How many lines from the top are the same; all but the last at most, so that there is one to name."""
    same = 0
    while same < len(one) - 1 and one[same] == other[same]:
        same += 1
    return same


def defined(source: str, given: str, filename: str) -> Callable[..., Any]:
    """The last function of a source, which may use what `given` makes. Raises SyntaxError."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for text, file in ((given, "the code given"), (source, filename)):
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec"), names)
    function: Callable[..., Any] = names[head_of(source)[0]]
    return function
