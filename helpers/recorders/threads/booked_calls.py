"""Stand for a function on its way to a pool that tells nobody when it calls it."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from helpers.recorders.display_names import class_name
from helpers.recorders.own_frames import drop_own_frames
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.thread_row import ThreadRow, thread_name


class Calls:
    """Calls the function, and books each call as the next of these jobs.

    A call that raises is the last: the jobs after it never run, as in a chunk of `ThreadPool.map`. So it is with those
    that are still left when nobody has a hold of this any more, because their pool was stopped.
    """

    def __init__(self, function: Callable[..., Any], jobs: Iterable[ThreadRow], ledger: Ledger) -> None:
        self._function, self._left, self._ledger = function, deque(jobs), ledger

    def __call__(self, /, *args: Any, **options: Any) -> Any:
        ledger, job = self._ledger, None
        with ledger.guard:
            if self._left:
                job = self._left.popleft()
                ledger.begin(job, thread_name(threading.current_thread()))
        try:
            result = self._function(*args, **options)
        except BaseException as error:
            drop_own_frames(error)
            with ledger.guard:
                if job is not None:
                    ledger.end(job, "error", class_name(type(error)))
                self._cancel_what_is_left()
            raise
        with ledger.guard:
            if job is not None:
                ledger.end(job, "ok")
        return result

    def __del__(self) -> None:
        with self._ledger.guard:
            self._cancel_what_is_left()

    def _cancel_what_is_left(self) -> None:
        while self._left:
            self._ledger.end(self._left.popleft(), "cancelled")
