"""`check`: run a learner's function where it is watched, and say what was seen."""

import inspect
from collections.abc import Callable
from typing import Any

from helpers.archive.exercise_log import note
from helpers.exercises import catalogue
from helpers.exercises.bench import kernel_side
from helpers.exercises.bench.check_result import CheckResult
from helpers.exercises.bench.plain_data import kind_of
from helpers.exercises.exercise import Choice, Coding, Exercise
from helpers.exercises.finding import Finding
from helpers.exercises.panels.outcome import Outcome
from helpers.exercises.states import states
from helpers.exercises.stub import not_begun


def check(name: str, function: Callable[..., Any]) -> Outcome:
    """Check your function: ``check("stack-not-stairs", fetch_all)``, for plain and for async functions alike.

    It is run in a process of its own, against a practice API of its own, with the recorders on, and judged by what was
    seen, never by how long it took. One that has not ended after some seconds is stopped. ``check(...).timeline()``
    shows what it did. There is no need for `await`; writing it does no harm.

    What is no function, and what cannot be sent there, is told as a finding. Raises TypeError or ValueError where there
    is no exercise of that name, ServerFailed or BenchFailed where this machine starts no process for it.
    """
    exercise = catalogue.find(name)
    if isinstance(exercise, Choice):
        raise ValueError(f"{name!r} is a question: choose({name!r}) shows its answers")
    if inspect.iscoroutine(function):
        function.close()
        made = f"the coroutine object that {function.__name__}(...) made"
        return outcome(exercise, CheckResult([_not_a_function(name, made, function.__name__)]))
    if not callable(function):
        return outcome(exercise, CheckResult([_not_a_function(name, f"{kind_of(function)}, not a function")]))
    if missing := not_begun(function, getattr(exercise, "start", "")):
        return Outcome(name, exercise.title, "not yet", CheckResult(sentence=missing), _help(name))
    return outcome(exercise, kernel_side.judge(exercise, function))


def outcome(exercise: Exercise, check_result: CheckResult) -> Outcome:
    """Note the result in the log, and make of it what a learner sees."""
    if check_result.findings:
        note(exercise.name, "tried")
        return Outcome(
            exercise.name, exercise.title, "again", check_result, _help(exercise.name) + _drawn(exercise, check_result)
        )
    note(exercise.name, "done")
    return Outcome(exercise.name, exercise.title, "done", check_result, _following(exercise.name))


def _not_a_function(name: str, what: str, function: str = "my_function") -> Finding:
    return Finding(
        f"check was given {what}.",
        f"Give it the function itself, without calling it: `check({name!r}, {function})`.",
    )


def _help(name: str) -> str:
    return f'`hint("{name}")` gives a hint.'


def _drawn(exercise: Exercise, check_result: CheckResult) -> str:
    """Say where the evidence can be seen, for a function that was given to `check` and made requests."""
    if not isinstance(exercise, Coding) or check_result.run is None or check_result.run.requests.empty:
        return ""
    return " `check(...).timeline()` draws what it did."


def _following(name: str) -> str:
    """What is next: the first exercise after this one, in this chapter, that is not done; else an earlier one."""
    known = states()
    names = [exercise.name for exercise in catalogue.chapters()[catalogue.chapter_of(name)]]
    at = names.index(name)
    left = [other for other in names[at + 1 :] + names[:at] if other not in known or not known[other].done]
    if not left:
        return "All exercises of this chapter are done. `progress()` shows the others."
    return f"Next: {left[0]}."
