"""What a function has left in its process: sessions, event loops, tasks, threads."""

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.thread import _worker
from contextlib import ExitStack
from functools import wraps
from types import CodeType, TracebackType
from typing import Any
from unittest.mock import patch

import aiohttp

from helpers.code.origin import is_learners, is_ours
from helpers.exercises.bench.serialising.bench_side import pools as pools_of_the_notebook
from helpers.exercises.bench.serialising.bench_side import threads_of

ENDING = 0.2
"""Seconds that threads have for their end, all together."""


class Surroundings:
    """Note in a block what is made there, and hold it.

    Without that, Python would collect what has been left open as soon as the function has returned, or a little later:
    then one and the same answer would have left a thread at one time, and none at another.

    Attributes:
        at_work: whether after the block a thread still works that the function has left.
        own: sessions and loops that are made in the block and are not the function's.
    """

    def __init__(self) -> None:
        self.own: list[object] = []
        self.at_work = False
        self._left: list[threading.Thread] = []
        self._sessions: list[aiohttp.ClientSession] = []
        self._loops: list[asyncio.BaseEventLoop] = []
        self._pools: list[ThreadPoolExecutor] = []
        self._patches = ExitStack()

    def __enter__(self) -> "Surroundings":
        self._threads = set(threading.enumerate())
        rooms: list[tuple[Any, list[Any]]] = [
            (aiohttp.ClientSession, self._sessions),
            (asyncio.BaseEventLoop, self._loops),
            (ThreadPoolExecutor, self._pools),
        ]
        for kind, room in rooms:
            self._patches.enter_context(patch.object(kind, "__init__", self._noting(kind.__init__, room)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._patches.close()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        self.at_work = bool(_alive(self._left))
        for loop in self._loops:
            if not loop.is_running():
                loop.close()

    def _noting(self, initialise: Callable[..., None], room: list[Any]) -> Callable[..., None]:
        @wraps(initialise)
        def noted(thing: Any, *arguments: Any, **named: Any) -> None:
            initialise(thing, *arguments, **named)
            if not isinstance(thing, ThreadPoolExecutor) or is_learners(sys._getframe(1).f_code.co_filename):
                room.append(thing)

        return noted

    def open_sessions(self) -> int:
        """How many sessions are left open."""
        return sum(not session.closed for session in self._sessions if not self._is_own(session))

    def _is_own(self, thing: object) -> bool:
        return any(thing is one for one in self.own)

    def look(self) -> tuple[list[str], int, list[str]]:
        """The names of tasks, the number of event loops, and the names of threads that are left.

        Tasks are those of the loops that are left: those of a loop that is closed cannot go on. A thread of a pool is
        left where the function has made the pool: asgiref, for one, keeps a pool as long as the process lives.
        """
        loops = [loop for loop in self._loops if not self._is_own(loop) and not loop.is_closed()]
        tasks = [name for loop in loops for name in own_tasks(asyncio.all_tasks(loop))]
        known, own_pools = self._threads | threads_of(pools_of_the_notebook), threads_of(self._pools)
        new = [thread for thread in threading.enumerate() if thread not in known]
        self._left = _alive(thread for thread in new if thread in own_pools or not _works_for_a_pool(thread))
        return tasks, len(loops), [thread.name for thread in self._left]


def _alive(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Those that go on. One that has been told to end needs a moment for it."""
    threads, until = list(threads), time.monotonic() + ENDING
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return [thread for thread in threads if thread.is_alive()]


def _works_for_a_pool(thread: threading.Thread) -> bool:
    """Whether it is one of a `ThreadPoolExecutor`'s."""
    return getattr(thread, "_target", None) is _worker  # as long as it is alive


def free_of_closed_loops() -> None:
    """Let the notebook's locks, semaphores and queues be used in the loop that comes next.

    In a notebook there is one loop for all calls of a function. Here each run has its own, and what has waited in one
    belongs to it (`asyncio.mixins`).
    """
    for thing in gc.get_objects():
        bases = type.__getattribute__(type(thing), "__mro__")  # whatever it says that it is
        if asyncio.mixins._LoopBoundMixin in bases and thing._loop is not None and thing._loop.is_closed():
            thing._loop = None


def own_tasks(tasks: "Iterable[asyncio.Task[Any]]") -> list[str]:
    """The names of those that run the learner's code, and no judge's."""
    return [task_name(task) for task in tasks if (code := _code_of(task)) and _is_the_learners(code)]


def tasks_of_libraries(tasks: "Iterable[asyncio.Task[Any]]") -> list[tuple[str, str]]:
    """The names of those that run a library's coroutine, as `create_task(asyncio.sleep(9))` does: both of each."""
    others = [task for task in tasks if not ((code := _code_of(task)) and is_learners(code.co_filename))]
    return [(task_name(task), task.get_name()) for task in others]


def task_name(task: "asyncio.Task[Any]") -> str:
    """What a chart calls the task, without its number."""
    return str(getattr(task.get_coro(), "__name__", task.get_name()))


def _code_of(task: "asyncio.Task[Any]") -> CodeType | None:
    return getattr(task.get_coro(), "cr_code", None)


def _is_the_learners(code: CodeType) -> bool:
    return is_learners(code.co_filename) and not is_ours(code.co_filename)
