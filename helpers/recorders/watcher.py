"""The one thread of a block that looks, again and again, at what no hook sees."""

import _thread
from os import getpid
from time import perf_counter as clock
from time import thread_time
from typing import Protocol

from helpers.recorders.guard import Guard
from helpers.recorders.unlisted_thread import UnlistedThread

SOON, LATEST = 0.005, 0.02
"""Seconds until the first look, and between two looks where nobody asks for one sooner."""


class Looks(Protocol):
    """What is to look at something now and then."""

    guard: Guard

    def look(self, now: float, late: float) -> float:
        """Look. Returns the seconds after which to be asked again at the latest; it may be sooner.

        ``now`` is ``time.perf_counter()``, ``late`` the seconds by which the thread woke later than it had asked for.
        """
        ...


class Watcher:
    """Lets all of them look in one thread: to wake takes more of the processor than most looks do.

    The thread lives while there is one that looks. A fault in a look ends that one's looking, by its guard.

    Attributes:
        used: seconds of processor time that the thread has taken; known once it has ended.
    """

    def __init__(self) -> None:
        self.used = 0.0
        self._looking: list[Looks] = []
        self._thread: UnlistedThread | None = None
        self._lock = _thread.allocate_lock()  # held during a look; a plain lock, which no hook watches
        self._process = getpid()

    def add(self, looks: Looks) -> None:
        """Let it look from now on. Raises RuntimeError where the system has no thread to give."""
        with self._lock:
            self._looking.append(looks)
            if self._thread is not None:
                return
            self._thread = UnlistedThread(self._watch)
        try:
            self._thread.start()
        except BaseException:
            self._looking.clear()
            self._thread = None
            raise

    def remove(self, looks: Looks) -> None:
        """It looks no more once this returns. Calling it again does nothing."""
        if getpid() != self._process:  # a fork has no copy of the thread, which may have held the lock
            return
        with self._lock:
            self._looking[:] = [other for other in self._looking if other is not looks]
        if not self._looking and self._thread is not None:
            self._thread.join()
            self._thread = None

    def _watch(self) -> None:
        assert self._thread is not None
        began, thread, pause = thread_time(), self._thread, SOON
        while self._looking:
            due = clock() + pause
            thread.pause(pause)
            now = clock()
            pause = LATEST
            with self._lock:
                for looks in self._looking:
                    if looks.guard.on:
                        with looks.guard:
                            pause = min(pause, looks.look(now, now - due))
        self.used += thread_time() - began
