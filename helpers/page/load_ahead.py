"""Loads what the first card and chart need, while a notebook's kernel has nothing else to do.

Most of the time until a kernel's first chart goes into pandas and matplotlib. They are loaded piece by piece: while the
kernel waits for a server of its own to start, and while it is idle, in its own event loop. Nothing of the learner's
ever runs beside it, nor is a file of theirs loaded which is called as a library is; a cell that comes meanwhile begins
when that one piece is there. From the first measured block on nothing is loaded ahead.
"""

import asyncio
import gc
import os
import site
import sys
import sysconfig
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from contextvars import Context
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import PurePath
from types import FunctionType, MethodType
from typing import Any

from helpers.page.paths import Places
from helpers.page.shell import in_notebook

PIECES = (
    "numpy", "numpy.ma", "pyparsing", "PIL.PngImagePlugin", "pandas", "contourpy", "matplotlib", "matplotlib.patches",
    "matplotlib.text", "matplotlib.image", "matplotlib.axes", "matplotlib.backend_bases", "matplotlib.projections",
    "matplotlib.figure", "matplotlib.backends.backend_agg",
)  # fmt: skip
"""In the order in which they need each other. pandas takes a fifth of a second, each of the others a tenth or less."""
PAUSE = 0.1
"""Seconds between two of them, and after the call that starts it."""
LATE = 0.05
"""Seconds: a timer that is later than this tells that somebody else was at work in between."""
KERNEL = frozenset({"ipykernel", "IPython", "debugpy", "_pydevd_bundle", "zmq"})
"""The packages whose threads a kernel has when nothing of the learner's is at work."""
ITS_LOOP = KERNEL | {"tornado", "helpers"}
"""... and those whose timers and readers are in its loop then."""
WAKES_THE_LOOP = getattr(asyncio.SelectorEventLoop, "_read_from_self", None)


class _LoadAhead:
    """What is left to load, and the timer for the next piece."""

    def __init__(self) -> None:
        self._left = list(PIECES)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add(self, pieces: Sequence[str]) -> None:
        """Load these after the others."""
        self._left += pieces

    def start(self) -> None:
        """Go on in the loop that runs here, whenever that is idle; the second call does nothing."""
        if self._left and self._timer is None:
            self._loop = asyncio.get_running_loop()
            self._wait()

    def stop(self) -> None:
        """Load no more."""
        self._left.clear()
        if self._timer is not None:
            self._timer.cancel()

    def next_piece(self) -> bool:
        """Load one piece, if only the kernel and the caller are at work. Tells whether it has."""
        if not self._left or not _is_quiet():
            return False
        # The first chart will meet the same error, and is the place to tell it.
        with suppress(Exception, SystemExit):
            name = self._left.pop(0)
            if _is_installed(name.partition(".")[0]):
                import_module(name)
        return True

    def _wait(self) -> None:
        assert self._loop is not None
        self._due = self._loop.time() + PAUSE
        self._timer = self._loop.call_at(self._due, self._when_due, context=Context())

    def _when_due(self) -> None:
        with suppress(Exception):
            assert self._loop is not None
            # In debug mode asyncio would tell the learner of a slow callback.
            if self._loop.time() - self._due < LATE and not self._loop.get_debug() and self.next_piece():
                self._collect_if_last()
            if self._left:
                self._wait()

    def _collect_if_last(self) -> None:
        """Go through the new objects now, or the collector might do it in the first measured block."""
        if not self._left and gc.isenabled():
            gc.collect()


def _is_quiet() -> bool:
    """Whether no task, thread, timer or server of the learner's would have to wait, but for the code that asks."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    return (
        all(map(_is_the_kernels, tasks))
        and all(map(_is_the_kernels_thread, others))
        and all(map(_is_the_kernels_callback, _callbacks(asyncio.get_running_loop())))
    )


def _callbacks(loop: asyncio.AbstractEventLoop) -> Iterator[object]:
    """What the loop is to call now or later: for timers, and for what it watches, such as a server's socket."""
    for handle in (*getattr(loop, "_ready", ()), *getattr(loop, "_scheduled", ())):
        if not handle._cancelled:
            yield handle._callback
    watched: dict[int, Any] = getattr(getattr(loop, "_selector", None), "get_map", dict)()  # Windows' proactor has none
    for key in list(watched.values()):
        yield from (handle._callback for handle in key.data if handle is not None)


def _is_the_kernels_callback(callback: object) -> bool:
    while isinstance(callback, partial):
        callback = callback.func
    if not isinstance(callback, FunctionType | MethodType):
        return False
    wakes = isinstance(callback, MethodType) and callback.__func__ is WAKES_THE_LOOP
    return wakes or callback.__module__.partition(".")[0] in ITS_LOOP


@cache
def _libraries() -> Places:
    paths = sysconfig.get_paths()
    return Places(
        *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")), os.path.dirname(os.__file__),
        *site.getsitepackages(), site.getusersitepackages(), os.path.dirname(os.path.dirname(__file__)),
    )  # fmt: skip


def _is_installed(package: str) -> bool:
    """Whether it is a library's or the course's, and no file of the learner's that is called as it is."""
    if package in sys.modules:
        return True
    spec = find_spec(package)
    return spec is not None and spec.origin is not None and _libraries().hold(spec.origin)


def _is_the_kernels(task: "asyncio.Task[object]") -> bool:
    """Whether the task is ipykernel's own. IPython's are not: they run a cell."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "ipykernel" in PurePath(code.co_filename).parts


def _is_the_kernels_thread(thread: threading.Thread) -> bool:
    """Whether the kernel has begun the thread, by its class or by the function that it runs."""
    begun: object = type(thread)
    if begun is threading.Thread:
        begun = vars(thread).get("_target")
    if not isinstance(begun, type | FunctionType | MethodType):
        return False
    return begun.__module__.partition(".")[0] in KERNEL


_here = _LoadAhead()


def also(*modules: str) -> None:
    """Name modules of the course that the first chart needs too; they are loaded last."""
    _here.add(modules)


def start() -> None:
    """Load while this kernel is idle, where this is a notebook's; anywhere else nothing is done."""
    if in_notebook():
        with suppress(RuntimeError):  # a call from another thread, which has no loop
            _here.start()


def load_one() -> bool:
    """Load one piece, where this is a notebook's kernel and only waits. Tells whether there was one to load."""
    try:
        return in_notebook() and _here.next_piece()
    except Exception:  # a call from another thread for one, which has no loop
        return False


def stop() -> None:
    """Load nothing ahead from now on."""
    _here.stop()
