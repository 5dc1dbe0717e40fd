"""The one thread of a block that looks, again and again, at what no hook sees."""

import _thread
import os
import sys
from gc import enable
from math import nan
from time import perf_counter as clock
from time import thread_time
from typing import Protocol

from helpers.recorders.guard import Guard
from helpers.recorders.no_collection import put_off_collection
from helpers.recorders.unlisted_thread import UnlistedThread

SOON, LATEST = 0.005, 0.02
"""Seconds until the first look, and between two looks where nobody asks for one sooner."""


class Looks(Protocol):
    """What is to look at something now and then."""

    guard: Guard

    def look(self, now: float, late: float) -> float:
        """Look. Returns the seconds after which to be asked again at the latest; it may be sooner.

        ``now`` is ``time.perf_counter()``, ``late`` the seconds by which the thread woke later than it had asked for;
        nan where nobody has looked for a while, because of a fork.
        """
        ...


class Watcher:
    """Lets all of them look in one thread: to wake takes more of the processor than most looks do.

    The thread lives while there is one that looks. A fault in a look ends that one's looking, by its guard. It ends
    before this process is forked, of which Python warns where there are threads, and begins again in the parent.

    Attributes:
        used: seconds of processor time that the thread has taken, up to its last look.
    """

    def __init__(self) -> None:
        self.used = 0.0
        self._looking: list[Looks] = []
        self._thread: UnlistedThread | None = None
        self._lock = _thread.allocate_lock()  # held during a look; a plain lock, which no hook watches

    def add(self, looks: Looks) -> None:
        """Let it look from now on. Raises RuntimeError where the system has no thread to give."""
        with self._lock:
            self._looking.append(looks)
        try:
            self._start()
        except BaseException:
            self._looking.clear()
            raise

    def remove(self, looks: Looks) -> None:
        """It looks no more once this returns. Calling it again does nothing."""
        with self._lock:
            self._looking[:] = [other for other in self._looking if other is not looks]
        if not self._looking:
            self._end()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = UnlistedThread(self._watch)
            try:
                self._thread.start()
            except BaseException:
                self._thread = None
                raise
            _at_work.append(self)

    def _end(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            _at_work[:] = [other for other in _at_work if other is not self]

    def _watch(self, thread: UnlistedThread) -> None:
        pause, used, due = SOON, 0.0, clock() + SOON
        while not thread.is_to_end:
            thread.pause(pause)
            is_put_off = put_off_collection()  # first of all
            try:
                now, pause = clock(), LATEST
                with self._lock:
                    for looks in self._looking:
                        if looks.guard.on:
                            with looks.guard:
                                pause = min(pause, looks.look(now, now - due))
                used, before = thread_time(), used
                self.used += used - before
                due = clock() + pause
            finally:
                if is_put_off:
                    enable()


_at_work: list[Watcher] = []
interrupted: list[Watcher] = []
"""Whose thread has ended for a fork. A hook that finds any calls `go_on`: not sooner, as Python counts threads then."""
COUNTS_THREADS = sys.version_info >= (3, 12)


_forking = [0]
"""How many threads are about to fork, or have just done so."""


def go_on() -> None:
    """Let those that were interrupted look again, unless a fork is under way: a hook of the learner's may call us."""
    while interrupted and not _forking[0]:
        watcher = interrupted.pop()
        try:
            if watcher._looking:  # otherwise it has been told to end meanwhile
                for looks in watcher._looking:
                    with looks.guard:
                        looks.look(clock(), nan)
                watcher._start()
        except RuntimeError as error:  # the system has no thread to give
            for looks in watcher._looking:
                looks.guard.switch_off(error)


def _before_fork() -> None:
    _forking[0] += 1
    interrupted.extend(_at_work)
    for watcher in interrupted:
        thread = watcher._thread
        watcher._end()
        if thread is not None and COUNTS_THREADS:
            thread.wait_until_gone()


def _after_fork() -> None:
    _forking[0] -= 1
    if not COUNTS_THREADS:
        go_on()


def _in_child() -> None:
    """No thread of ours is here, even if another thread has forked at the same time."""
    _forking[0] = 0
    interrupted.clear()
    for watcher in _at_work:
        watcher._thread, watcher._lock = None, _thread.allocate_lock()
    _at_work.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)
