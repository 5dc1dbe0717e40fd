"""Watch the threads that a block starts: `threading.Thread` and what is derived from it."""

import functools
import sys
from threading import Thread, main_thread
from types import FrameType
from typing import Any

from helpers.code.origin import started_by_learner
from helpers.recorders.display_names import class_name, in_class, kept_by
from helpers.recorders.handed_on import learners_function
from helpers.recorders.own_frames import drop_own_frames
from helpers.recorders.patches import Patches
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.thread_row import STARTING, ThreadRow, thread_name
from helpers.recorders.threads.waits import waiting

UNKNOWN = "This version of Python runs its threads in a way that the recorder does not know: they were not recorded."
_PLAIN_RUN = Thread.run


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
        starting = waiting(Thread.start, STARTING, self._ledger)
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
                if self._initialized and self.ident is None:
                    hooks._watch(self, sys._getframe().f_back)  # no frame where C starts it
            try:
                original(self)
            except BaseException as error:
                drop_own_frames(error)
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
                hooks._ledger.begin(row, thread_name(self))
            try:
                original(self)
            finally:
                with guard:
                    hooks._let_go(id(self))
                    hooks._ledger.end(row, "error" if row.error else "ok", row.error)

        hooks, guard = self, self._ledger.guard
        return _bootstrap_inner

    def _watch(self, thread: Any, starter: FrameType | None) -> None:
        place = self._ledger.place()
        if place is None:
            return
        row = self._ledger.born("thread", thread_name(thread), place, is_librarys(thread, starter))
        if row is None:
            return

        # A thread's error passes nobody but this method, which every thread has as an attribute of its own.
        original, guard = thread._invoke_excepthook, self._ledger.guard

        def report(thread: Any) -> Any:
            error = sys.exc_info()[0]
            with guard:
                if error is not None and not issubclass(error, SystemExit):  # by which a thread may end itself
                    row.error = class_name(error)
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


def is_librarys(thread: Any, starter: FrameType | None) -> bool:
    """Whether a library starts the thread, and it runs none of the learner's functions as far as can be told then."""
    if started_by_learner(starter):
        return False
    run = in_class(type(thread), "run")
    return learners_function(kept_by(thread, "_target") if run is _PLAIN_RUN else run) is None
