"""A solution in trouble: a page fails, somebody cancels it, or its reader leaves. What is left then?"""

import ast
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import requests
from cases import given
from idioms import Written, defined

from helpers import practice_api
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Coding, Order, head_of
from helpers.exercises.finding import Telling

Tested = Coding | Order

FAILURES = ("an error of the server", "a connection that is cut")
CANCELLED = "cancelled"
LEFT = "left after the first"
AFTER = 0.06
"""Seconds: the first request is under way, and most answers have not come."""


class _Enough(BaseException):
    """Ends a judge: what it would say of a run that was in trouble is of no interest."""


@dataclass
class Seen:
    """What the first run of a judge has shown; None where that trouble cannot be made."""

    exercise: Tested
    run: Observation | None = None
    sessions: list[requests.Session] = field(default_factory=list)


class _Troubled(Attempt):
    """Makes the trouble in the first run of a judge, and ends the judge then."""

    def __init__(self, exercise: Tested, function: Callable[..., Any], trouble: str, seed: int) -> None:
        super().__init__(exercise, function, practice_api(), lambda *news: None, open_nowhere(), seed)
        self.trouble = trouble
        self.seen = Seen(exercise)

    def run(self, *arguments: Any, **options: Any) -> Observation:
        options["may_raise"] = True
        # A pool, say, that the judge asks for what is left is open in its own `play`; here the function's things count.
        if self.trouble in FAILURES:
            altered = tuple(self._with_a_failure(argument) for argument in arguments)
            if altered == arguments:
                raise _Enough
            arguments = altered
        elif self.trouble == CANCELLED:
            if not (self._is_async or options.get("through")):
                raise _Enough
            options["cancel_after"] = AFTER
        elif self.trouble == LEFT:
            if not inspect.isasyncgenfunction(inspect.unwrap(self._function)):
                raise _Enough
            options["through"] = _left_after_the_first
        with _sessions_of_requests() as self.seen.sessions:
            try:
                self.seen.run = super().run(*arguments, **options)
            except Telling:
                self.seen.run = self.runs[-1]
        raise _Enough

    def _with_a_failure(self, argument: Any) -> Any:
        if isinstance(argument, list | tuple) and argument:
            at = len(argument) // 2
            changed = self._with_a_failure(argument[at])
            return type(argument)([*argument[:at], changed, *argument[at + 1 :]])
        if isinstance(argument, str) and argument.startswith(self.api.base):
            if self.trouble == FAILURES[0]:
                return self.api.url("/flaky", rate=1, status=500)
            return self.api.url("/cut", rate=1, bytes=1000, at=10)
        return argument


def in_trouble(exercise: Tested, trouble: str, seed: int) -> Seen:
    """Run the solution once, as its judge does, with this trouble; with "" as it is."""
    function = defined(_written(exercise), given(exercise))
    attempt = _Troubled(exercise, function, trouble, seed)
    judgement = exercise.judge(attempt)
    try:
        for _ in judgement:
            pass
    except _Enough:
        pass
    finally:
        judgement.close()
    return attempt.seen


def _written(exercise: Tested) -> Written:
    earlier = exercise.given if isinstance(exercise, Order) else ""
    return Written([earlier, exercise.solution], head_of(exercise.solution)[0])


async def _left_after_the_first(function: Callable[..., Any], *arguments: Any) -> None:
    """Read one thing and go, as `break` and the end of a request do."""
    generator = function(*arguments)
    try:
        async for _ in generator:
            break
    finally:
        await generator.aclose()


def faults(seen: Seen, without: Seen) -> list[str]:
    """What a solution has left behind, or needlessly done, compared with a run without trouble."""
    run, calm = seen.run, without.run
    assert run is not None and calm is not None
    source = f"{given(seen.exercise)}\n{seen.exercise.solution}"
    # A judge's own tasks, which call the function several times, are no fault of it.
    of_the_solution = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef)}
    left = {
        "tasks": [name for name in run.tasks_left if name in of_the_solution],
        "sessions": run.sessions_left, "threads": run.threads_left, "loops": run.loops_left,
        "errors that nobody heard of": run.unheard, "coroutines that were not run": run.never_awaited,
        "sessions of requests": [session for session in seen.sessions if not getattr(session, "was_closed", False)],
    }  # fmt: skip
    found = [f"{what} left: {those}" for what, those in left.items() if those]
    if run.ended == "stopped":
        found.append(f"it did not end: {run.where}")
    # As the server saw them: aiohttp asks again for what was cut, and finds its session closed.
    if run.server.requests > calm.server.requests:
        found.append(f"{run.server.requests} requests; without trouble {calm.server.requests}")
    return found


@contextmanager
def _sessions_of_requests() -> Iterator[list[requests.Session]]:
    """Every `requests.Session` that is made in the block; those that were closed have `was_closed`."""
    made: list[requests.Session] = []
    begin, close = requests.Session.__init__, requests.Session.close

    def noted(session: requests.Session) -> None:
        begin(session)
        made.append(session)

    def noted_too(session: requests.Session) -> None:
        session.was_closed = True  # type: ignore[attr-defined]
        close(session)

    with patch.object(requests.Session, "__init__", noted), patch.object(requests.Session, "close", noted_too):
        yield made


def open_nowhere() -> Any:
    """A file for stacks that nobody reads. It needs a descriptor, as `faulthandler` does."""
    return open(os.devnull, "w", encoding="utf-8")
