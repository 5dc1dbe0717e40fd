"""Record what threads do in a measured block: plain code, plain threads, and the jobs of thread pools.

A thread is running unless it is seen waiting: in a blocking call that is hooked while the block is open (`waits`), or
standing still although the processor is free (`idle_sampler`).
"""

import sys
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import cache
from typing import Any

from helpers.recorders import belonging
from helpers.recorders.guard import Guard
from helpers.recorders.patches import Patches
from helpers.recorders.processor_time import cost_clock
from helpers.recorders.processor_watch import ProcessorWatch
from helpers.recorders.references import exchange, learners_modules, stand_in
from helpers.recorders.task_row import OUTSIDE
from helpers.recorders.threads import anyio_hooks, greenlets, other_loops, pool_hooks, thread_pool_hooks, waits
from helpers.recorders.threads.idle_sampler import IdleSampler
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.pickling import PicklingByPlace
from helpers.recorders.threads.thread_hooks import ThreadHooks
from helpers.recorders.threads.thread_row import ThreadRow
from helpers.recorders.watcher import Watcher

__all__ = ["ThreadRecorder", "ThreadRow"]

TRIALS, ROUNDS = 300, 3


class ThreadRecorder:
    """The hooks and the sampler, at work from ``start`` to ``stop``.

    Jobs and threads have rows if code that belongs to the block gave rise to them.

    Attributes:
        current_row: tells the row of the task that runs now; asked on the recording's own thread only.
        loop_is_idle: tells whether that thread runs a loop that has nothing to do; asked by a thread of our own.
        watcher: what looks at what no hook sees.
        processor: what knows when the machine gave the process no processor.
    """

    def __init__(self) -> None:
        self.current_row: Callable[[], int] = lambda: OUTSIDE
        self._ledger = Ledger(lambda: self.current_row())
        self._patches = Patches()
        self._threads = ThreadHooks(self._ledger)
        self.loop_is_idle: Callable[[], bool] = lambda: False
        self.watcher = Watcher()
        self.processor = ProcessorWatch()
        self._sampler = IdleSampler(self._ledger.running, self._ledger.wait, lambda: self.loop_is_idle())
        self.processor.waits = self._sampler.cell_waits
        self._pickling = PicklingByPlace()
        self._functions: list[tuple[Any, Any]] = []
        self._learners: set[str] = set()
        self._loaded: set[str] = set()

    @property
    def main(self) -> ThreadRow:
        """The thread that the recording was started on."""
        return self._ledger.main

    @property
    def rows(self) -> list[ThreadRow]:
        """Jobs and threads of the block, in order of birth, without those that are a library's own."""
        return [row for row in self._ledger.rows if row.shown]

    @property
    def calls(self) -> int:
        """How often a hook was entered."""
        return self._ledger.calls

    def runs_beside(self) -> bool:
        """Whether the calling thread runs a job that code beside the block has given to a pool."""
        return threading.get_ident() in self._ledger.beside

    @property
    def guards(self) -> list[Guard]:
        """The guards of the hooks and of the sampler, each of which may fail alone."""
        return [self.guard, self._sampler.guard, self.processor.guard]

    @property
    def guard(self) -> Guard:
        """Says whether the hooks have been switched off by a fault of their own, and since when."""
        return self._ledger.guard

    @property
    def notes(self) -> list[str]:
        """What the reader of the rows must know, a sentence each."""
        return [*self._ledger.notes, *self._patches.notes]

    @property
    def cost_per_call(self) -> float:
        """Seconds of processor time that a hook costs each time it is entered, on this machine."""
        return cost_per_call()

    def start(self, owner: object) -> None:
        """Put the hooks in place. ``owner`` is what `belonging.mark` was, or will be, called with."""
        guard = self.guard
        try:
            self._leave_out_greenlets()  # a thread of ours would be one of them too
            for looks in (self.processor, self._sampler) if guard.on else ():
                with looks.guard:
                    looks.start()
                    self.watcher.add(looks)
            if guard.on:
                with guard:
                    self._install(owner)
        except BaseException:
            self.stop()
            raise
        if not guard.on:
            self.main.end = self.main.queued  # nothing is known of it, not even that it ran
            self.stop()

    def _leave_out_greenlets(self) -> None:
        with self.guard:
            library = greenlets.switching()
            for guard in (self.guard, self.processor.guard) if library else ():
                guard.leave_out(
                    f"{library} lets greenlets take turns in a thread: the recorder cannot tell them apart."
                )

    def _install(self, owner: object) -> None:
        self._threads.install(self._patches)
        for hooks in (pool_hooks, thread_pool_hooks, other_loops):
            hooks.install(self._patches, self._ledger)
        self._functions = waits.install(self._patches, self._ledger)
        self._functions += anyio_hooks.install(self._patches, self._ledger)
        self._loaded, self._learners = set(sys.modules), learners_modules()
        stand_in(self._learners, self._functions)
        written_in_c = ((hook, original) for original, hook in self._functions if isinstance(hook, waits.Unbound))
        self._pickling.start({hook.place: original for hook, original in written_in_c})
        self._ledger.open(owner)

    def stop(self) -> None:
        """Take everything out and close the accounts of what still runs. Calling it again does nothing."""
        guard = self.guard
        self._leave_out_greenlets()  # a library may switch them on when it is imported, as grequests does
        with guard:
            self._ledger.end(self.main, "ok")
        with guard:
            self._patches.restore()
        with guard:
            self._pickling.stop()
        with guard:
            self._threads.stop()
        with guard:
            if self._functions:
                # Also from modules that were loaded meanwhile, and imported a hook by its name.
                modules = self._learners | (set(sys.modules) - self._loaded)
                exchange(modules, [(hook, original) for original, hook in self._functions])
                self._functions = []
        with self.processor.guard:
            self.processor.settle()
        for looks in (self._sampler, self.processor):
            self.watcher.remove(looks)
            with looks.guard:
                looks.stop()
        with guard:
            self._ledger.close()


@cache
def cost_per_call() -> float:
    """Measured once, on a call that does nothing: seconds of processor time."""
    return copy_context().run(_cost)


def _cost() -> float:
    def nothing() -> None:
        pass

    owner = object()
    ledger = Ledger(lambda: OUTSIDE)
    ledger.open(owner)
    belonging.mark(owner)
    hooked = waits.waiting(nothing, "other", ledger)
    recorded, plain = (min(_seconds(call) for _ in range(ROUNDS)) for call in (hooked, nothing))
    return max(recorded - plain, 0.0) / TRIALS


def _seconds(call: Callable[[], None]) -> float:
    began = cost_clock()
    for _ in range(TRIALS):
        call()
    return cost_clock() - began
