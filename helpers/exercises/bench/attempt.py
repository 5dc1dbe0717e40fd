"""Runs a learner's function on the bench, under the recorders. All of this happens in the bench's own process."""

import asyncio
import faulthandler
import gc
import inspect
import io
import json
import random
import traceback
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import partial
from typing import Any, TextIO
from urllib.parse import urlsplit
from urllib.request import urlopen

import aiohttp

from helpers.code.configuration import Configuration
from helpers.code.origin import is_learners, is_ours
from helpers.exercises.bench.alterations import put_back
from helpers.exercises.bench.left_behind import Surroundings, free_of_closed_loops, own_tasks, tasks_of_libraries
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import as_plain
from helpers.exercises.bench.serialising.stand_in import LeftInNotebook
from helpers.exercises.exercise import Coding, Exercise, Order, head_of
from helpers.exercises.finding import Finding, Telling
from helpers.runs import measure
from helpers.runs.run import Run
from helpers.servers.practice_api import PracticeAPI

GRACE = 0.5
"""Seconds after the limit that a function has to take note of it, before it is asked for its place by force."""


CALLS = ("sleep", "socket", "lock", "queue")
"""Kinds of waits that are calls; the others are guessed from a thread that stands still, as in an idle loop."""

BLOCKING = 0.05
"""Seconds. The usual 10 ms would now and then accuse a function of what a busy machine has done."""


class _MeasuredCheck(measure):
    """A measured block that is compared with no other: what it runs is not read, and its run is kept nowhere."""

    def _configure(self, find: Callable[[], Configuration]) -> None:
        self._configuration = Configuration()

    def _keep(self, *, interruptible: bool) -> None:
        return


class Attempt:
    """What a `judge` is given: the function, a practice API of the bench's own, and chance.

    Attributes:
        api: the practice API; `measure` resets it before each run.
        chance: random numbers, others at each check, so that no result can be written in advance.
        runs: what has been seen so far, a `Observation` for each run.
        altered: the names of what the function has altered in the process itself, or has left at work in it.
    """

    def __init__(
        self, exercise: Exercise, function: Callable[..., Any], api: PracticeAPI, tell: Callable[[str, str], None],
        stack_file: TextIO, seed: int,
    ) -> None:  # fmt: skip
        self.api = api
        self.chance = random.Random(seed)
        self.runs: list[Observation] = []
        self.altered: list[str] = []
        self._others_left: list[tuple[str, str]] = []
        self._exercise = exercise
        self._function = function
        self._tell = tell
        self._stack_file = stack_file
        self._countries: dict[str, Any] = {}

    def codes(self, count: int) -> list[str]:
        """So many country codes, others at each check."""
        return self.chance.sample(sorted(self._known()), count)

    def urls(self, count: int, delay: float = 0.1) -> list[str]:
        """The addresses of so many countries, others at each check; each answers after `delay` seconds."""
        return [self.api.url(f"/countries/{code}", delay=delay) for code in self.codes(count)]

    def answers(self, urls: Sequence[str]) -> list[Any]:
        """What addresses of countries answer, in order; asked for beside the measurement, and without delay."""
        return [self._known()[urlsplit(url).path.rpartition("/")[2]] for url in urls]

    def _known(self) -> dict[str, Any]:
        if not self._countries:
            with urlopen(self.api.url("/countries")) as answer:
                self._countries = {country["code"]: country for country in json.load(answer)}
        return self._countries

    def run(
        self, *arguments: Any, with_session: bool = False, cancel_after: float | None = None, may_raise: bool = False,
        through: Callable[..., Awaitable[Any]] | None = None, meanings: Mapping[str, tuple[str, str]] | None = None,
    ) -> Observation:  # fmt: skip
        """Run the learner's function once, measured, and return what was seen.

        Args:
            arguments: what it is called with.
            with_session: give it an open `aiohttp.ClientSession` before these.
            cancel_after: cancel it after so many seconds.
            may_raise: an exception is for the judge to look at, in `Observation.error`.
            through: for a function that is to be called several times, or is a plain one that needs a loop: an `async
                def` that is given the function and these arguments, and calls it. What it returns is the result.
            meanings: what an error usually comes from in this exercise, and where to look. The key is its name, or
                its name and a part of its message, such as "TypeError: can't be used in 'await'".

        Raises:
            Telling: it did not return, or it raised; nothing else need be said then. The engine catches this.
        """
        self._others_left = []
        seen = Observation(name=_name_of(self._function), through=through is not None)
        if self.runs:
            free_of_closed_loops()
        self.runs.append(seen)
        arguments = tuple(list(one) if type(one) is list else one for one in arguments)  # it may empty what it is given
        self._tell("running", "")
        faulthandler.dump_traceback_later(self._exercise.limit + GRACE, file=self._stack_file)
        printed = _Printed()
        try:
            with (
                Surroundings() as surroundings,
                redirect_stdout(printed),
                redirect_stderr(printed),
                _warnings() as heard,
            ):
                if through is not None:
                    function = partial(through, self._function)
                    self._run_async(seen, surroundings, arguments, with_session, cancel_after, function)
                elif self._is_async:
                    self._run_async(seen, surroundings, arguments, with_session, cancel_after, self._function)
                else:
                    self._run_plain(seen, arguments)
                tasks, seen.loops_left, seen.threads_left = surroundings.look()
                seen.sessions_left = max(seen.sessions_left, surroundings.open_sessions())
        finally:
            faulthandler.cancel_dump_traceback_later()
        if surroundings.at_work:
            self.altered.append("its threads")
        seen.tasks_left = [*seen.tasks_left, *tasks]
        self._note_what_was_seen(seen, printed, heard)
        self._require_a_result(seen, may_raise, meanings or {})
        return seen

    def _note_what_was_seen(self, seen: Observation, printed: io.StringIO, heard: Sequence[Any]) -> None:
        if self._others_left:  # who has made a task of a library's coroutine is what the recorder knows
            rows = seen.run.tasks[(seen.run.tasks["outcome"] == "pending") & ~seen.run.tasks["library"].astype(bool)]
            made = {str(name).partition(" #")[0] for name in rows["name"]}
            seen.tasks_left = [*seen.tasks_left, *(names[0] for names in self._others_left if made & {*names})]
        main = seen.run._recorded.threads.main
        seen.cpu = main.cpu
        seen.calls_that_wait = [
            (start - seen.run.began, end - seen.run.began) for start, end, kind in main.waits if kind in CALLS
        ]
        seen.printed = printed.getvalue()
        seen.never_awaited = [str(text).split("'")[1] for text in heard if "was never awaited" in str(text)]

    def last_run(self) -> Run | None:
        """What was measured last, with the tables that a chart needs; None where there is nothing to show."""
        if not self.runs or self.runs[-1].run.outcome == "open":
            return None
        self.runs[-1].activity()  # made now: it needs the recorders
        return self.runs[-1].run

    @property
    def _is_async(self) -> bool:
        if isinstance(self._exercise, Coding | Order):
            return head_of(self._exercise.start)[2]
        return inspect.iscoroutinefunction(self._function)

    def _measure(self) -> measure:
        return _MeasuredCheck(f"check of {self._exercise.name}", blocking=BLOCKING)

    def _run_plain(self, seen: Observation, arguments: tuple[Any, ...]) -> None:
        asyncio.set_event_loop(None)  # whichever run was before, and whichever Python it is: none is there
        try:
            with self._measure() as seen.run, put_back(self.altered):
                seen.result = self._function(*arguments)
            seen.result = as_plain(seen.result)  # now: a thread that is still at work may add to it
        except BaseException as error:  # SystemExit, for one, must not end the bench
            _note_error(seen, error)
        gc.collect()

    def _run_async(
        self, seen: Observation, surroundings: Surroundings, arguments: tuple[Any, ...], with_session: bool,
        cancel_after: float | None, function: Callable[..., Any],
    ) -> None:  # fmt: skip
        unheard: list[str] = []
        try:
            with asyncio.Runner() as runner:
                loop = runner.get_loop()
                surroundings.own.append(loop)
                loop.set_exception_handler(lambda loop, context: unheard.append(_complaint(context)))
                with put_back(self.altered):  # here too: a loop whose clock raises ends before its tasks do
                    runner.run(self._drive(seen, surroundings, arguments, with_session, cancel_after, function))
                gc.collect()  # while the loop can still be told about errors that nobody asked for
        except (SystemExit, KeyboardInterrupt, RuntimeError) as error:  # one of its tasks, or a stopped loop
            _note_error(seen, error)
        except Exception as error:
            if not self.altered:
                raise  # a fault of ours
            _note_error(seen, error)
        seen.unheard = [text for text in unheard if text]

    async def _drive(
        self, seen: Observation, surroundings: Surroundings, arguments: tuple[Any, ...], with_session: bool,
        cancel_after: float | None, function: Callable[..., Any],
    ) -> None:  # fmt: skip
        loop, me = asyncio.get_running_loop(), asyncio.current_task()
        assert me is not None
        asked_to_stop = False

        def cancel() -> None:
            nonlocal asked_to_stop
            asked_to_stop = True
            me.cancel()

        async with AsyncExitStack() as stack:
            if with_session:
                given = await stack.enter_async_context(aiohttp.ClientSession())
                surroundings.own.append(given)
                arguments = (given, *arguments)
            timers = [loop.call_later(self._exercise.limit, self._stop, seen, me)]
            if cancel_after is not None:
                timers.append(loop.call_later(cancel_after, cancel))
            try:
                with self._measure() as seen.run, put_back(self.altered):
                    result = function(*arguments)
                    seen.result = await result if inspect.isawaitable(result) else result
                seen.result = as_plain(seen.result)  # now: what is still at work may add to it
            except BaseException as error:
                if seen.ended == "stopped":
                    pass
                elif asked_to_stop and isinstance(error, asyncio.CancelledError):
                    seen.ended = "cancelled"
                else:  # a cancellation of its own too: it is no answer
                    _note_error(seen, error)
            finally:
                for timer in timers:
                    timer.cancel()
            for _ in range(5):  # a task that was cancelled needs a turn to end
                with suppress(asyncio.CancelledError):  # where it has cancelled itself in its last step
                    await asyncio.sleep(0)
            left = asyncio.all_tasks() - {me}
            seen.tasks_left = own_tasks(left)
            self._others_left = tasks_of_libraries(left)
            if with_session:
                seen.session_closed = given.closed
            seen.sessions_left = surroundings.open_sessions()

    def _stop(self, seen: Observation, task: "asyncio.Task[Any]") -> None:
        """The limit: note where it stands, then cancel it."""
        seen.ended = "stopped"
        seen.where = _standing_at(task)
        self._tell("stopping", seen.where)
        task.cancel()

    def _require_a_result(self, seen: Observation, may_raise: bool, meanings: Mapping[str, tuple[str, str]]) -> None:
        if seen.ended == "stopped":
            raise Telling(never_ended(self._exercise.limit, seen.where))
        if seen.ended == "raised" and not may_raise:
            assert seen.error is not None
            raise Telling(self._error_finding(seen.error, seen.where, meanings))
        if inspect.iscoroutine(seen.result):
            seen.result.close()
            raise Telling(
                Finding(
                    "Your function returned a coroutine object, and nothing had been run.",
                    "Calling a coroutine function only makes such an object: it runs when it is awaited.",
                )
            )

    def _error_finding(self, error: BaseException, where: str, meanings: Mapping[str, tuple[str, str]]) -> Finding:
        if isinstance(_first_of(error), LeftInNotebook):
            return Finding(
                f"It uses a {_first_of(error)} of your notebook{f' ({where})' if where else ''}.",
                "A check runs your function in a process of its own, where it has its arguments, your other functions "
                "and plain values, but nothing that is open, runs or is held in the notebook. Use what it is given.",
            )
        message = _message(error)
        if isinstance(error, TypeError) and not where:
            name, parameters, _ = head_of(getattr(self._exercise, "start", "def f(): ..."))
            return Finding(f"{message}.", f"The check calls it as {name}({', '.join(parameters)}).")
        place = f", raised by {where}" if where else ""
        inner = _first_of(error)
        if inner is not error:
            message = f"{type(error).__name__} with {_message(inner)}"
        return Finding(f"It raised {message}{place}.", *_meaning(type(inner).__name__, message, meanings))


_MEANINGS = {
    "RuntimeError: another measured block": "The check has a measured block open around your function, and two at a "
    "time would measure each other. It needs none of its own.",
    "NameError": "That name is not known. Has the cell that defines it been run?",
    "RuntimeError": "Python's own message is the best guide to this one.",
    "ClientResponseError": "The server said no, and your function let that through.",
    "InvalidUrlClientError": "What it asked for is no address.",
    "CancelledError": "Nobody cancelled it from outside: something that it awaited had been cancelled, or it cancelled "
    "itself.",
    "SystemExit": "That ends a program, and with it everything that the program was doing.",
}


def _message(error: BaseException) -> str:
    """Its class and the first line of what it says, whatever its own `__str__` does."""
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[0]


def _first_of(error: BaseException) -> BaseException:
    """The first error in a group, which says more than the group does; any other error itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _meaning(kind: str, message: str, meanings: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """What an error usually comes from, and where to look: a key is its kind, or kind and a part of its message."""
    known = {**meanings, **{key: (means, "") for key, means in _MEANINGS.items() if key not in meanings}}
    for key in sorted(known, key=lambda key: ": " not in key):  # the narrower ones first
        of, _, part = key.partition(": ")
        if of == kind and part in message:
            return known[key]
    return "", ""


def _name_of(function: Callable[..., Any]) -> str:
    """What a function is called; a `partial`, or an object that can be called, has no name of its own."""
    inner = function.func if isinstance(function, partial) else function
    return str(getattr(inner, "__name__", type(inner).__name__))


def never_ended(limit: float, where: str) -> Finding:
    """The finding about a run that was stopped at its limit, and where it stood then."""
    return Finding(
        f"It had not ended after {limit:g} s, and was stopped.",
        f"At that moment it was at {where}." if where else "What it waited for never came.",
    )


def would_not_stop(limit: float, where: str) -> Finding:
    """The finding about a run that was cancelled at its limit, and went on."""
    place = f" at {where}" if where else ""
    return Finding(
        f"It had not ended after {limit:g} s, was cancelled{place}, and went on all the same.",
        "A cancellation comes out of an `await` as CancelledError. Whoever catches it, or everything, must raise it "
        "again.",
    )


def _standing_at(task: "asyncio.Task[Any]") -> str:
    """The learner's line on which a task, or else the last task that was made, is waiting."""
    coroutine: Any = task.get_coro()
    place = ""
    while coroutine is not None and (frame := getattr(coroutine, "cr_frame", None)) is not None:
        if _is_the_learners(frame.f_code.co_filename):
            place = _line(traceback.FrameSummary(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        coroutine = coroutine.cr_await
    return place


def _raised_at(error: BaseException) -> str:
    """The last line of the learner's own code on the way to the error, or "" where it was never in it."""
    frames = traceback.extract_tb(_first_of(error).__traceback__)
    own = [frame for frame in frames if _is_the_learners(frame.filename)]
    error.__traceback__ = None  # aiohttp raises one and the same error each time; it must not bring the last time along
    return _line(own[-1]) if own else ""


def _is_the_learners(filename: str) -> bool:
    """Whether it is neither a library nor one of the helpers."""
    return is_learners(filename) and not is_ours(filename)


def _line(frame: traceback.FrameSummary) -> str:
    line = f": `{frame.line}`" if frame.line else ""
    return f"{frame.filename}, line {frame.lineno}{line}"


def _complaint(context: dict[str, Any]) -> str:
    error = context.get("exception")
    return f"{type(error).__name__}: {error}" if error is not None else ""


class _Printed(io.StringIO):
    """What is printed. It stays open, whoever closes it."""

    def close(self) -> None:
        """Do nothing."""


def _note_error(seen: Observation, error: BaseException) -> None:
    seen.ended, seen.error, seen.where = "raised", error, _raised_at(error)


@contextmanager
def _warnings() -> Iterator[list[Any]]:
    """Collect every warning that is given in the block."""
    messages: list[Any] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    messages += [warning.message for warning in caught]
