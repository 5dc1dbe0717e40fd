"""What a function has left in its process: sessions, event loops, tasks, threads."""

import asyncio
import gc
import sys
import threading
from collections.abc import Collection, Iterable
from concurrent.futures import Executor
from types import ModuleType
from typing import Any, NamedTuple

import aiohttp

from helpers.code.origin import is_learners
from helpers.exercises.bench.serialising.bench_side import pools as pools_of_the_notebook
from helpers.exercises.bench.serialising.bench_side import threads_of
from helpers.exercises.bench.serialising.ownership import is_own


class Surroundings:
    """What was there before a function ran, so that what it leaves can be told."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._before = _open_things()
        self._known: list[object] = [*self._before.sessions, *self._before.loops, *self._before.pools]

    def add(self, thing: object) -> None:
        """A session or loop that has been made since, and is not the function's."""
        self._known.append(thing)

    def look(self) -> tuple[list[str], int, int, list[str]]:
        """The names of tasks, the number of sessions and of event loops, and the names of threads that are left.

        Tasks are those of the loops that are left: those of a loop that is closed cannot go on.
        """
        known_ids = {id(thing) for thing in self._known}  # held there, so that no id of theirs comes twice
        sessions, loops, pools = _open_things(known_ids)
        tasks = [name for loop in loops for name in own_tasks(asyncio.all_tasks(loop))]
        of_libraries = [pool for pool in pools if _is_of_a_library(pool)]
        known = self._threads | threads_of([*self._before.pools, *pools_of_the_notebook, *of_libraries])
        threads = [thread.name for thread in threading.enumerate() if thread not in known]
        return tasks, len(sessions), len(loops), threads


def own_tasks(tasks: "Iterable[asyncio.Task[Any]]") -> list[str]:
    """The names of those that run the learner's code; a library's are its own affair."""
    return [_task_name(task) for task in tasks if _is_own(task)]


def _is_own(task: "asyncio.Task[Any]") -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and is_learners(code.co_filename)


def _task_name(task: "asyncio.Task[Any]") -> str:
    return str(getattr(task.get_coro(), "__name__", task.get_name()))


class _OpenThings(NamedTuple):
    """What nobody has closed in this process."""

    sessions: list[aiohttp.ClientSession]
    loops: list[asyncio.BaseEventLoop]
    pools: list[Executor]


_OPEN = (aiohttp.ClientSession, asyncio.BaseEventLoop, Executor)


def _open_things(but: Collection[int] = ()) -> _OpenThings:
    """All of them but those with these ids."""
    found = _OpenThings([], [], [])
    rooms: list[tuple[type, list[Any]]] = list(zip(_OPEN, found, strict=True))
    room_of: dict[type, list[Any] | None] = {}  # there are ten thousands of things, of some hundred classes
    for thing in gc.get_objects():
        kind = type(thing)  # a learner's class may say that it is another
        if kind not in room_of:
            bases = type.__getattribute__(kind, "__mro__")
            room_of[kind] = next((room for base, room in rooms if base in bases), None)
        if (room := room_of[kind]) is not None and id(thing) not in but and not _is_closed(thing):
            room.append(thing)
    return found


def _is_closed(thing: Any) -> bool:
    if isinstance(thing, aiohttp.ClientSession):
        return thing.closed
    return isinstance(thing, asyncio.BaseEventLoop) and thing.is_closed()


def _is_of_a_library(pool: Executor) -> bool:
    """Whether an installed module, or a class of one, holds a pool, as asgiref does: it lives as long as the process.

    It is the library's also where the learner's code was the first to use it.
    """
    holders: list[Any] = gc.get_referrers(pool)
    for _ in range(2):  # in a table of pools, perhaps
        names = [holder for holder in holders if type(holder) is dict]
        if any(_is_installed(table) for table in names):
            return True
        holders = [holder for table in names for holder in gc.get_referrers(table)]
    return any(_is_installed(table) for table in holders if type(table) is dict)


def _is_installed(names: dict[Any, Any]) -> bool:
    """Whether these are the names in a module, or in a class of one, that is a library's."""
    home = names.get("__name__") if "__spec__" in names else names.get("__module__")
    module = sys.modules.get(home) if isinstance(home, str) else None
    return isinstance(module, ModuleType) and not is_own(module)
