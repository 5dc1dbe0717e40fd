"""Watch the plain threads that a block starts: `threading.Thread` and what is derived from it."""

import functools
import sys
from threading import Thread, main_thread
from typing import Any

from helpers.recorders.display_names import class_name
from helpers.recorders.patches import Patches
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.thread_row import ThreadRow
from helpers.recorders.threads.waits import waiting

UNKNOWN = "This version of Python runs its threads in a way that the recorder does not know: they were not recorded."
LIBRARIES = ("asyncio.", "concurrent.futures.", "multiprocessing.", "subprocess")
"""Modules that start threads for their own purposes: a pool's workers are seen by their jobs."""


class ThreadHooks:
    """The hooks of one recording."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        # By id: a learner's subclass of Thread need not be hashable.
        self._watched: dict[int, tuple[ThreadRow, Patches]] = {}

    def install(self, patches: Patches) -> None:
        """Hook the methods; ``patches.restore()`` and ``stop`` take the hooks out again."""
        known = hasattr(Thread, "_bootstrap_inner") and hasattr(Thread, "_initialized")
        if not known or "_invoke_excepthook" not in main_thread().__dict__:
            self._ledger.notes.append(UNKNOWN)
            return
        # Until the system has let the new thread run. That is no lock that the learner's code waits for.
        starting = waiting(Thread.start, "other", self._ledger)
        patches.replace(Thread, "start", self._start_hook(starting))
        patches.replace(Thread, "_bootstrap_inner", self._run_hook(Thread._bootstrap_inner))  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Let go of the threads that are still running."""
        for number in list(self._watched):
            self._let_go(number)

    def _start_hook(self, original: Any) -> Any:
        @functools.wraps(original)
        def start(self: Any) -> None:
            with guard:
                # What cannot be started raises an error, and that is no matter of ours.
                if self._initialized and self.ident is None and not _by_library():
                    hooks._watch(self)
            try:
                original(self)
            except BaseException:
                with guard:
                    if self._initialized and self.ident is None:
                        hooks._forget(self)
                raise

        hooks, guard = self, self._ledger.guard
        return start

    def _run_hook(self, original: Any) -> Any:
        @functools.wraps(original)
        def _bootstrap_inner(self: Any) -> None:
            watched = hooks._watched.get(id(self))
            if watched is None:
                original(self)
                return
            row, _ = watched
            with guard:
                hooks._ledger.begin(row, _name_of(self))
            try:
                original(self)
            finally:
                with guard:
                    hooks._let_go(id(self))
                    hooks._ledger.end(row, "error" if row.error else "ok", row.error)

        hooks, guard = self, self._ledger.guard
        return _bootstrap_inner

    def _watch(self, thread: Any) -> None:
        row = self._ledger.born("thread", _name_of(thread))
        if row is None:
            return

        # A thread's error passes nobody but this method, which every thread has as an attribute of its own.
        original, guard = thread._invoke_excepthook, self._ledger.guard

        def report(thread: Any) -> Any:
            error = sys.exc_info()[0]
            with guard:
                if error is not None and not issubclass(error, SystemExit):  # by which a thread may end itself
                    row.error = error.__name__
            return original(thread)

        patches = Patches()
        patches.replace(thread, "_invoke_excepthook", report)
        self._watched[id(thread)] = row, patches

    def _forget(self, thread: Any) -> None:
        """It could not be started."""
        row = self._let_go(id(thread))
        if row is not None:
            self._ledger.rows.remove(row)

    def _let_go(self, number: int) -> ThreadRow | None:
        row, patches = self._watched.pop(number, (None, None))
        if patches is not None:
            patches.restore()
        return row


def _by_library() -> bool:
    """Whether the code that starts the thread is such a library's."""
    starter = sys._getframe(1).f_back  # none for what C starts
    return starter is not None and str(starter.f_globals.get("__name__", "")).startswith(LIBRARIES)


def _name_of(thread: Thread) -> str:
    """The thread's name, as `threading` keeps it: a learner's class may answer otherwise, or not at all."""
    name = vars(thread).get("_name")
    return name if type(name) is str else class_name(type(thread))
