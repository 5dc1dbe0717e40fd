"""`choose`: a question whose wrong answers are known misconceptions, each with a reply of its own."""

from helpers.exercises import catalogue
from helpers.exercises.bench import kernel_side
from helpers.exercises.bench.check_result import CheckResult
from helpers.exercises.checking import outcome
from helpers.exercises.exercise import Choice
from helpers.exercises.ordering import defined
from helpers.exercises.panels.choice_panel import ChoicePanel
from helpers.exercises.panels.outcome import Outcome


def choose(name: str, letter: str | None = None) -> "Outcome | ChoicePanel":
    """Answer a question: ``choose("when-it-runs")`` shows the answers, ``choose("when-it-runs", "b")`` takes one.

    The right answer is confirmed by a run.

    Raises TypeError or ValueError where there is no such question, or no answer of that letter.
    """
    exercise = catalogue.find(name)
    if not isinstance(exercise, Choice):
        raise ValueError(f"{name!r} has no answers to choose among: check or order is for it")
    if letter is None:
        return ChoicePanel(exercise, lambda chosen: _judge(exercise, chosen))
    if not isinstance(letter, str) or letter.lower() not in exercise.answers:
        raise ValueError(f"the answers to {name!r} are {', '.join(exercise.answers)}, not {letter!r}")
    return _judge(exercise, letter.lower())


def _judge(exercise: Choice, letter: str) -> Outcome:
    if letter != exercise.right:
        return outcome(exercise, CheckResult([exercise.replies[letter]]))
    function = defined(exercise.code, exercise.given, "the question")
    return outcome(exercise, kernel_side.judge(exercise, function))
