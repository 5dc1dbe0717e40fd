"""A thread that watches, and that `threading` does not list.

To wait for all of `threading.enumerate()` is a learner's right: a thread of ours among them would keep them waiting for
ever. `threading.settrace` and `threading.excepthook` are not for it either.
"""

import _thread
import os
import signal
import sys
from _thread import get_native_id
from collections.abc import Callable
from time import sleep

if sys.platform != "win32":
    from signal import SIG_BLOCK, pthread_sigmask

OF_ITS_OWN = {signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, getattr(signal, "SIGBUS", signal.SIGSEGV)}
"""Signals that a thread gets for what it has done itself."""
_OTHERS = signal.valid_signals() - OF_ITS_OWN


class UnlistedThread:
    """Runs a function, which must raise nothing, beside the caller; it ends with the process, whatever it does.

    The function is given the thread. A signal that is sent to the process never comes to it: a program that blocks one,
    and waits for it, gets it as without us.

    Attributes:
        is_to_end: whether somebody waits for its end: then the function has to return.
    """

    def __init__(self, function: "Callable[[UnlistedThread], None]") -> None:
        self.is_to_end = False
        self._native_id = 0
        self._function = function
        self._running = _thread.allocate_lock()  # held as long as it runs; a plain lock, which no hook watches
        self._ending = _thread.allocate_lock()  # held until somebody waits for the end
        self._ending.acquire()

    def start(self) -> None:
        """Begin. Raises RuntimeError where the system has no thread to give."""
        self._running.acquire()
        try:
            _thread.start_new_thread(self._run, ())
        except BaseException:
            self._running.release()
            raise

    def join(self) -> None:
        """Have it end, and wait until it has; not at all where it was never started."""
        self.is_to_end = True
        if self._ending.locked():
            self._ending.release()
        with self._running:
            pass

    def wait_until_gone(self) -> None:
        """After `join`: until the system has ended it too, where it tells, but not for long."""
        for _ in range(100):
            sleep(0.0001)  # which lets it have the GIL once more
            if not os.path.exists(f"/proc/self/task/{self._native_id}"):
                return

    def pause(self, seconds: float) -> None:
        """Sleep so long, but not on while somebody waits for the end. For the function that runs here.

        On Windows only `time.sleep` is precise enough.
        """
        if sys.platform == "win32":
            sleep(seconds)
        else:
            self._ending.acquire(True, seconds)  # by place: for a keyword a dictionary would be made

    def _run(self) -> None:
        self._native_id = get_native_id()
        try:
            if sys.platform != "win32":
                pthread_sigmask(SIG_BLOCK, _OTHERS)
            self._function(self)
        finally:
            if self._running.locked():  # it is not where a signal's handler has raised an error in `start`
                self._running.release()
