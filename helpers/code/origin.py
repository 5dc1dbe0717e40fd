"""Whose code it is: the learner's own, or a library's."""

import asyncio
import os
import site
import sys
import sysconfig
import threading
from asyncio import base_events, events
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cache
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE
from types import CodeType, FrameType

from helpers.page.paths import Places

_ROOM = os.path.dirname(os.path.abspath(__file__))
_FOLDER = os.path.dirname(_ROOM)
_HELPERS, _PROBES = Places(_FOLDER), Places(os.path.join(_FOLDER, "probes"))
_RECORDERS = os.path.join(_FOLDER, "recorders")
_HOOKS, _WATCHING = Places(_RECORDERS), Places(_RECORDERS, _ROOM)
WAIT_FOR = asyncio.wait_for.__code__
"""asyncio's own, whatever stands in its place later."""
THREADSAFE = next(
    (code for code in asyncio.run_coroutine_threadsafe.__code__.co_consts if type(code) is CodeType), None
)
"""What `asyncio.run_coroutine_threadsafe` has the loop do: to make a task that another thread has asked for."""
_ASKED_BY = Places(
    _RECORDERS,
    *(
        os.path.join(os.path.dirname(asyncio.wait_for.__code__.co_filename), name)
        for name in ("tasks.py", "taskgroups.py", "runners.py", "futures.py", "timeouts.py")
    ),
)
"""The files of asyncio whose functions make tasks for whoever calls them, and none for purposes of their own."""
_MAKES_TASKS = tuple(
    getattr(getattr(base_events.BaseEventLoop, name, None), "__code__", None)
    for name in ("create_task", "call_soon", "_call_soon", "run_until_complete")
)
_CREATE_TASK = getattr(base_events.BaseEventLoop.create_task, "__code__", None)
_STEP = events.Handle._run.__code__
_THREADING = threading.Thread.run.__code__.co_filename
_MULTIPROCESSING = os.path.join(os.path.dirname(_THREADING), "multiprocessing")
_STARTING = Places(_THREADING, os.path.join(_MULTIPROCESSING, "dummy"), _RECORDERS)
_POOLS = Places(
    _THREADING, os.path.dirname(ThreadPoolExecutor.submit.__code__.co_filename),
    os.path.join(_MULTIPROCESSING, "pool.py"), _RECORDERS,
)  # fmt: skip
_TO_THREADS = (base_events.BaseEventLoop.run_in_executor.__code__, asyncio.to_thread.__code__)
_COROUTINE = CO_COROUTINE | CO_ASYNC_GENERATOR
"""The flags of code that is awaited, not called."""


class Asker(Enum):
    """Who gave a job to a thread."""

    LEARNER = "the learner's own code"
    FOR_LEARNER = "a library that does what the learner's code has just asked of it"
    LIBRARY = "a library, for its own purposes"


@cache
def is_learners(filename: str) -> bool:
    """Whether a file, or a notebook's cell, holds the learner's own code: anything not installed as a library.

    ``filename`` is the ``co_filename`` of a code object. The course's helpers count as the learner's, but not the
    recorders, which only watch, nor what they ask about code.
    """
    if not filename or filename.startswith("<"):
        return filename.startswith(("<ipython", "<stdin", "<string"))
    if _HELPERS.hold(filename):
        return not _WATCHING.hold(filename)
    # Cython names its source, such as "aiohttp/_http_writer.pyx", wherever the library has been built.
    return not (_LIBRARIES.hold(filename) or filename.endswith((".pyx", ".pxd")))


@cache
def is_ours(filename: str) -> bool:
    """Whether a file belongs to the course's helpers."""
    return _HELPERS.hold(filename)


@cache
def is_hook(filename: str) -> bool:
    """Whether a file belongs to the recorders, whose frames stand between the learner's code and what it calls."""
    return _HOOKS.hold(filename)


@cache
def is_bystander(filename: str) -> bool:
    """Whether the code stands beside what is measured, as a heartbeat does, and may go on after the block."""
    return _PROBES.hold(filename)


def _libraries() -> set[str]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    # A virtual environment's standard library is the one of the Python that it was made with.
    folders.add(os.path.dirname(os.__file__))
    folders.add(os.path.join(sys.base_prefix, "lib"))
    return folders


# Now: it asks the system, which a hook does not.
_LIBRARIES = Places(*_libraries())


def maker_of(frame: FrameType | None) -> CodeType | None:
    """The code that asked asyncio for a new task, seen from a frame inside asyncio.

    That may be asyncio too: it resolves the address of a server in a task. None where a step has begun with nobody who
    asked: what is further out has started the loop. `asyncio.wait_for` is given itself: before Python 3.12 it runs what
    it is given in a task of its own. So is `THREADSAFE`.
    """
    while frame is not None and frame.f_code is not _STEP:
        code = frame.f_code
        if code is WAIT_FOR or code is THREADSAFE or not (code in _MAKES_TASKS or _is_between(code.co_filename)):
            asked = _called_to_make(frame)
            if asked is None:
                return code
            frame = asked
        frame = frame.f_back
    return None


def _called_to_make(frame: FrameType) -> FrameType | None:
    """Where asyncio has called this frame's code, a task factory, to make what somebody has asked for; else None.

    An eager task begins within such a call. What its coroutine asks for it asks for itself.
    """
    outer: FrameType | None = frame
    while outer is not None and outer.f_code is not _STEP and not outer.f_code.co_flags & _COROUTINE:
        if outer.f_code is _CREATE_TASK:
            return outer
        outer = outer.f_back
    return None


@cache
def _is_between(filename: str) -> bool:
    """Whether a file's code only hands on what others ask for."""
    if _ASKED_BY.hold(filename):
        return True
    anyio = getattr(sys.modules.get("anyio"), "__file__", None)  # whose task groups are asyncio's underneath
    return isinstance(anyio, str) and Places(os.path.dirname(anyio)).hold(filename)


def made_by_learner(maker: CodeType | None) -> bool:
    """Whether a task that this code asked for (`maker_of`) is made by the learner, whatever it runs.

    Who asked in another thread is not known here; tasks of the block come from code that belongs to it.
    """
    return maker is not None and (maker is THREADSAFE or is_learners(maker.co_filename))


def started_by_learner(frame: FrameType | None) -> bool:
    """Whether it is the learner's own code that starts a thread, seen from a frame inside what starts it.

    What C starts, no library has asked for.
    """
    while frame is not None and _starts_threads(frame.f_code.co_filename):
        frame = frame.f_back
    return frame is None or is_learners(frame.f_code.co_filename)


@cache
def _starts_threads(filename: str) -> bool:
    return _STARTING.hold(filename)


@cache
def _is_of_pools(filename: str) -> bool:
    return _POOLS.hold(filename)


def asker_of(frame: FrameType | None) -> Asker:
    """Who gives a job to a thread, seen from a frame inside the pool that takes it.

    A library's function that the learner's code calls (as that of `requests_futures`) gives it in the learner's name,
    and so does a coroutine that it awaits (that of asgiref's `sync_to_async`). A coroutine that another coroutine of a
    library awaits does so for its own purposes: so asyncio looks up the name of a host.
    """
    awaited, library = 0, False
    while frame is not None and frame.f_code is not _STEP:
        code = frame.f_code
        if is_learners(code.co_filename):
            return Asker.FOR_LEARNER if library else Asker.LEARNER
        if code not in _TO_THREADS and not _is_of_pools(code.co_filename):
            library = True
            awaited += bool(code.co_flags & _COROUTINE)
            if awaited > 1:
                return Asker.LIBRARY
        frame = frame.f_back
    if not library:
        return Asker.LEARNER
    # The step of a task that runs nothing but a library's coroutine, as `gather(sync_to_async(work)())` makes one.
    return Asker.FOR_LEARNER if awaited and frame is not None else Asker.LIBRARY


def runs_learners(frame: FrameType | None) -> bool:
    """Whether the learner's own code is among the calls that a thread is in, seen from the innermost."""
    while frame is not None:
        if is_learners(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False
