"""Whom a waiting task waits for: from its own code through a library's to a lock, a queue, a timer or another task.

Nothing here runs code of the learner's: coroutines are asked in C what they await, and what they refer to. To be asked
on the loop's own thread while no step runs, when every task stands still.
"""

import asyncio
import gc
import os
import sys
from asyncio import futures, locks, tasks
from collections.abc import Callable, Iterable, Sequence, Sized
from functools import cache
from operator import itemgetter
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MethodType,
)
from typing import Any, NamedTuple

from helpers.code.origin import WAIT_FOR, is_learners, is_ours
from helpers.page.paths import Places
from helpers.recorders.code_places import Spot
from helpers.recorders.display_names import class_name, in_class, kept_by, name_in_code
from helpers.recorders.tasks import USUAL_TASK, coroutine_of, is_task

MOST_FRAMES, MOST_LINKS, MOST_NAMED, MOST_MEMBERS = 60, 8, 3, 2000
"""Calls of one task that are looked at, tasks in one chain, tasks that are named side by side, and futures of one
`gather` or `TaskGroup` that are looked at: to ask fifty thousand of them would hold the loop for 0.3 s."""
MANY = "many tasks"
_ASYNCIO = Places(os.path.dirname(tasks.__file__))
KINDS: tuple[tuple[type, str, str, str], ...] = (
    (CoroutineType, "cr_code", "cr_await", "cr_frame"),
    (GeneratorType, "gi_code", "gi_yieldfrom", "gi_frame"),
    (AsyncGeneratorType, "ag_code", "ag_await", "ag_frame"),
)
"""Where Python's own kinds keep their code, what they await, and their line. Cython's are named as coroutines' are."""
STEPS_OF = ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable")
"""What Python puts between a coroutine and what it awaits; it refers to that, and has no attribute for it."""
ENTER, LEAVE = (
    getattr(getattr(getattr(locks, "_ContextManagerMixin", None), name, None), "__code__", None)
    for name in ("__aenter__", "__aexit__")
)
"""``async with`` a lock. As long as a call is inside, the second of these lies on its stack."""
LOCKS = (asyncio.Lock, asyncio.Semaphore, asyncio.Condition)


class Link(NamedTuple):
    """What one task waits for. Names and numbers only: nothing of the learner's is kept.

    Attributes:
        spot: the innermost line of the learner's own code, where it awaits; None where a library's coroutine runs.
        kind: ``"task"`` (others, ``on``), ``"lock"`` (held by ``on``, where that was seen), ``"places"`` (of a
            semaphore: as a lock, but others than ``on`` may hold some too), ``"queue"``, ``"event"``, ``"timer"``,
            ``"thread"``, or ``"call"`` (of a library, which may wait for anything).
        what: the class or function: ``"Semaphore"``, ``"Queue.get"``, ``"ClientSession._request"``.
        on: the rows of tasks; the coroutine's name of one without a row.
        more: how many tasks, or futures of no task, there are beside those.
    """

    spot: Spot | None
    kind: str
    what: str
    on: tuple[int | str, ...] = ()
    more: int = 0


class Call(NamedTuple):
    """A coroutine, generator or async generator on the way from a task to what it waits for."""

    thing: Any
    code: CodeType | None
    frame: str


class Holders:
    """Which tasks are inside ``async with`` which lock, as far as that can be seen: looked for once it is asked."""

    def __init__(self, alive: Callable[[], Iterable[Any]]) -> None:
        """``alive`` tells the tasks that are looked at."""
        self._alive = alive
        self._held: dict[int, list[Any]] | None = None

    def of(self, lock: Any) -> list[Any]:
        """The tasks that hold this lock, or a place in this semaphore."""
        if self._held is None:
            self._held = {}
            for task in self._alive():
                for held in _held_by(calls_of(coroutine_of(task))):
                    self._held.setdefault(id(held), []).append(task)
        return self._held.get(id(lock), [])


def waiter_of(task: Any) -> Any:
    """The future that a task waits for; None where it does not wait, or has been woken."""
    waiter = task._fut_waiter if type(task) is USUAL_TASK else kept_by(task, "_fut_waiter")
    return None if waiter is None or not _is_pending(waiter) else waiter


def chain_of(task: Any, row_of: Callable[[Any], int], holders: Holders) -> tuple[Link, ...]:
    """The chain from a waiting task on, for as long as it goes to one other task which waits too.

    ``row_of`` tells the row of a task, a negative number for one without. Where the tasks wait for each other the last
    link leads back to one before it.
    """
    links: list[Link] = []
    seen: list[Any] = []
    while task is not None and len(links) < MOST_LINKS:
        seen.append(task)
        link, others = _link(task, row_of, holders)
        if link is None:
            break
        links.append(link)
        task = others[0] if len(others) == 1 and is_task(others[0]) else None
        if any(task is other for other in seen):
            break
    return tuple(links)


def _link(task: Any, row_of: Callable[[Any], int], holders: Holders) -> tuple[Link | None, list[Any]]:
    """What one task waits for, and the tasks and futures that have to do with it."""
    waiter = waiter_of(task)
    if waiter is None:
        return None, []
    calls = calls_of(coroutine_of(task))
    if calls and calls[-1].code is WAIT_FOR:  # up to Python 3.11 it runs what it is given in a second task
        for inner in filter(is_task, gc.get_referents(calls[-1].thing)):
            calls, waiter = calls + calls_of(coroutine_of(inner)), waiter_of(inner) or waiter
    if len(calls) >= MOST_FRAMES:  # the innermost ones have not been seen
        return None, []
    own, below = _own_and_below(calls)
    spot = None if own is None else _spot(own)
    kind, what, others = _end(below, waiter, holders)
    named = [each for each in others if is_task(each)]
    numbered = sorted(((row_of(each), each) for each in named), key=itemgetter(0))  # a set has no order
    on = tuple(number if number >= 0 else name_in_code(coroutine_of(each)) for number, each in numbered[:MOST_NAMED])
    call = _library_call(below)
    if call and not any(type(each) is int for each in on):  # what a library waits for inside is no matter of its own
        return Link(spot, "call", call), []
    return Link(spot, kind, what, on, len(others) - len(on)), others


def calls_of(thing: Any) -> list[Call]:
    """What a task runs, from its own coroutine to the innermost that awaits."""
    calls: list[Call] = []
    for _ in range(MOST_FRAMES):
        kind = type(thing)
        if thing is None:
            break
        names = next((names for of, *names in KINDS if of is kind), None)
        if names is not None:
            code, inner, frame = names
            calls.append(Call(thing, getattr(thing, code), frame))
            thing = getattr(thing, inner)
        elif type(in_class(kind, "cr_await")) is GetSetDescriptorType:  # one that a compiler has made
            code_of = kept_by(thing, "cr_code")
            calls.append(Call(thing, code_of if type(code_of) is CodeType else None, ""))
            thing = kept_by(thing, "cr_await")
        elif class_name(kind) in STEPS_OF:
            thing = next((each for each in gc.get_referents(thing) if _goes_on(each)), None)
        else:
            break
    return calls


def _goes_on(thing: Any) -> bool:
    return any(of is type(thing) for of, *_ in KINDS) or class_name(type(thing)) in STEPS_OF


def _own_and_below(calls: list[Call]) -> tuple[Call | None, list[Call]]:
    """The learner's innermost call, and those that it has led to. The course's own helpers stand in for none."""
    for is_one in (_is_learners_own, is_learners):
        for at in range(len(calls) - 1, -1, -1):
            code = calls[at].code
            if code is not None and is_one(code.co_filename):
                return calls[at], calls[at + 1 :]
    return None, calls


def _is_learners_own(filename: str) -> bool:
    return is_learners(filename) and not is_ours(filename)


def _spot(call: Call) -> Spot | None:
    frame = getattr(call.thing, call.frame) if call.frame else None
    if frame is None or call.code is None:
        return None
    return Spot(call.code.co_filename, frame.f_lineno or 0, call.code.co_name)


@cache
def _is_asyncios(filename: str) -> bool:
    return _ASYNCIO.hold(filename)


def _library_call(below: list[Call]) -> str:
    """The outermost function of a library other than asyncio that is under way there; empty where there is none."""
    others = [call for call in below if call.code is None or not _is_asyncios(call.code.co_filename)]
    named = [call for call in others if not (call.code is not None and call.code.co_name.startswith("__"))]
    if not others:
        return ""
    return name_in_code(named[0].thing) if named else name_in_code(others[0].thing).partition(".__")[0]


def _end(below: list[Call], waiter: Any, holders: Holders) -> tuple[str, str, list[Any]]:
    """What the innermost call waits for: the kind, its name, and tasks."""
    for at, call in enumerate(below):
        found = ENDS.get(id(call.code))
        if call.code is WAIT_CONDITION and any(each.code is ACQUIRE for each in below[at:]):
            continue  # it has been notified, and waits for the condition's lock again
        if found is not None:
            _, kind, what, of = found
            return _known(kind, what, of, call.thing, holders)
    return _of_future(waiter)


def _known(kind: str, what: str, of: type | None, thing: Any, holders: Holders) -> tuple[str, str, list[Any]]:
    """What a function of asyncio's waits for, by its own variables."""
    referred = gc.get_referents(thing)
    if kind == "task":
        groups = [each for each in referred if type(each) is set or type(each) is list]
        groups += [kept_by(each, "_tasks") for each in referred if of is not None and issubclass(type(each), of)]
        found = [_of_several(group) for group in groups if type(group) is set or type(group) is list]
        return found[0] if found else (kind, what, [])
    itself = next((each for each in referred if of is not None and issubclass(type(each), of)), None)
    if itself is None:
        return kind, what, []
    name = class_name(type(itself)) + what
    if kind != "lock":
        return kind, name, []
    held_by = holders.of(itself)
    may_be_more = of is asyncio.Semaphore and kept_by(itself, "_bound_value") != len(held_by)
    return "places" if may_be_more else kind, name, held_by


def _of_future(future: Any) -> tuple[str, str, list[Any]]:
    """What a future stands for."""
    if is_task(future):
        return "task", "", [future]
    if GATHERING is not None and type(future) is GATHERING:
        return _of_several(future._children)
    for function in _called_when_done(future):
        if function.__code__ is SHIELD:
            inner = [each for cell in function.__closure__ or () for each in gc.get_referents(cell)]
            return _of_several([each for each in inner if issubclass(type(each), asyncio.Future) or is_task(each)])
        if function.__code__ is CHAIN:
            return "thread", "", []
    return "call", "", []


def _of_several(futures: Sized) -> tuple[str, str, list[Any]]:
    """What these futures stand for, as far as they are not done: tasks, or something else where none is a task's."""
    if len(futures) > MOST_MEMBERS:
        return "call", MANY, []
    found: list[Any] = []
    left = list(futures)  # type: ignore[call-overload]
    while left and len(found) <= MOST_MEMBERS:
        future = left.pop()
        if GATHERING is not None and type(future) is GATHERING:
            left += future._children[:MOST_MEMBERS]
        elif _is_pending(future):
            found.append(future)
    if len(found) > MOST_MEMBERS:
        return "call", MANY, []
    if any(map(is_task, found)):
        return "task", "", found
    return _of_future(found[0]) if found else ("call", "", [])


def _called_when_done(waiter: Any) -> list[FunctionType]:
    callbacks = kept_by(waiter, "_callbacks")
    entries = callbacks if type(callbacks) is list else []
    return [entry[0] for entry in entries if type(entry) is tuple and entry and type(entry[0]) is FunctionType]


def _is_pending(future: Any) -> bool:
    kind = type(future)
    state = future._state if kind is FUTURE or kind is USUAL_TASK else kept_by(future, "_state")
    return type(state) is not str or state == "PENDING"


def _held_by(calls: list[Call]) -> list[Any]:
    """The locks that a task is inside of by ``async with``; also by that of a function with `asynccontextmanager`."""
    held: list[Any] = []
    released: list[Any] = []
    for call, inner in zip(calls, [*calls[1:], None], strict=True):
        own = _entered(call.thing, [each.thing for each in calls])
        if inner is not None and inner.code is ENTER:
            del own[-1:]  # that one is still waited for
        held += own
        if call.code is WAIT_CONDITION:
            released += [each for each in gc.get_referents(call.thing) if issubclass(type(each), asyncio.Condition)]
    held = [lock for lock in held if not any(lock is other for other in released)]
    # A condition is held by way of its lock.
    within = [kept_by(each, "_lock") for each in held if issubclass(type(each), asyncio.Condition)]
    return held + within


def _entered(thing: Any, others: Sequence[Any] = ()) -> list[Any]:
    """The locks whose ``__aexit__`` lies on a call's stack, in the order in which it has come there.

    Or in that of a generator which is left and entered by way of this call, but is none of the ``others``.
    """
    held: list[Any] = []
    referred = gc.get_referents(thing)
    for at, each in enumerate(referred):
        if type(each) is FunctionType and each.__code__ is LEAVE:  # Python 3.14 keeps the object beside it
            held += referred[at + 1 : at + 2]
        elif type(each) is MethodType and type(each.__func__) is FunctionType:
            if each.__func__.__code__ is LEAVE:
                held.append(each.__self__)
            elif others and each.__func__.__name__ == "__aexit__":
                generator = kept_by(each.__self__, "gen")
                if type(generator) is AsyncGeneratorType and not any(generator is other for other in others):
                    held += _entered(generator)
    return [each for each in held if issubclass(type(each), LOCKS)]


def _code(function: Any) -> CodeType | None:
    code = getattr(function, "__code__", None)
    return code if type(code) is CodeType else None


def _inner(function: Any, name: str) -> CodeType | None:
    """The code of a function that is defined in another."""
    code = _code(function)
    inside = () if code is None else code.co_consts
    return next((each for each in inside if type(each) is CodeType and each.co_name == name), None)


FUTURE = getattr(sys.modules.get("_asyncio"), "Future", None)
"""Asked for its state by the thousand, more quickly than any other; it is none that runs somebody's code."""
GATHERING = getattr(tasks, "_GatheringFuture", None)
"""What `gather` waits for."""
WAIT_CONDITION, ACQUIRE = _code(asyncio.Condition.wait), _code(asyncio.Lock.acquire)
SHIELD = _inner(asyncio.shield, "_outer_done_callback")
"""What a future of `asyncio.shield` calls when it is done; the task inside is one of its variables."""
CHAIN = _inner(getattr(futures, "_chain_future", None), "_call_check_cancel")
"""And one that stands for a job in a thread or process."""


AS_COMPLETED = ("call", "asyncio.as_completed", None)
"""It has a queue of its own, which the learner has not made."""


def _ends() -> dict[int, tuple[CodeType, str, str, type | None]]:
    """What functions of asyncio wait for: the kind, what to add to the name of the class, and the class.

    The code is kept: whoever puts a function of their own in the place of one might get its number for that.
    """
    group = getattr(asyncio, "TaskGroup", None)
    found: list[tuple[Any, str, str, type | None]] = [
        (asyncio.Lock.acquire, "lock", "", asyncio.Lock),
        (asyncio.Semaphore.acquire, "lock", "", asyncio.Semaphore),
        (asyncio.Event.wait, "event", "", asyncio.Event),
        (asyncio.Condition.wait, "event", "", asyncio.Condition),
        (getattr(getattr(asyncio, "Barrier", None), "wait", None), "event", "", getattr(asyncio, "Barrier", None)),
        (asyncio.Queue.get, "queue", ".get", asyncio.Queue),
        (asyncio.Queue.put, "queue", ".put", asyncio.Queue),
        (asyncio.Queue.join, "queue", ".join", asyncio.Queue),
        (asyncio.sleep, "timer", "asyncio.sleep", None),
        (getattr(getattr(tasks, "_AsCompletedIterator", None), "_wait_for_one", None), *AS_COMPLETED),
        (getattr(tasks, "_wait", None), "task", "", None),
        (getattr(group, "__aexit__", None), "task", "", group),
    ]
    codes = [(_code(function), *rest) for function, *rest in found]
    codes.append((_inner(asyncio.as_completed, "_wait_for_one"), *AS_COMPLETED))  # up to Python 3.12
    return {id(code): (code, kind, what, of) for code, kind, what, of in codes if code is not None}  # type: ignore[misc]


ENDS = _ends()
