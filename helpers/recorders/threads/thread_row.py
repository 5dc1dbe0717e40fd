"""What is known of one job or thread of a measured block."""

import threading
from contextvars import Token
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Any

from helpers.recorders.display_names import class_name, kept_by
from helpers.recorders.task_row import OUTSIDE

STARTING = "starting"
"""How the wait is called until the system has let a new thread run. It is no lock that the learner's code waits for."""


@dataclass(slots=True, eq=False)
class ThreadRow:
    """A job of a pool, a plain thread, or the thread that the block was opened on.

    Times are ``time.perf_counter()`` seconds.

    Attributes:
        kind: ``"cell"`` (the thread that the block was opened on), ``"job"`` or ``"thread"``.
        name: of a job its function's, of a thread its own.
        queued: when the job was submitted or the thread started.
        parent: the row of the task that did so, or `OUTSIDE`.
        library: whether a library did so for its own purposes, or the thread is from before the block.
        shown: whether it is a row of the picture: not the thread of a library, as long as none of the learner's code is
            seen in it.
        thread: the name of the thread it ran on; empty while it is queued.
        begin, end: when it began to run and when it ended; ``begin`` is None for what never ran.
        outcome: ``"ok"``, ``"error"``, ``"cancelled"`` (while queued), or ``"pending"`` when the recording ended first.
        error: the class name of the exception that it ended with, or an empty text.
        cpu: seconds of processor time that its thread used for it; nan where that is not known.
        waits: ``(start, end, kind)`` of every wait: ``"sleep"``, ``"socket"``, ``"lock"``, ``"queue"``,
            `STARTING` or ``"other"``. They do not overlap, and are in order once the recording has ended. Waiting for
            the GIL is not among them: it cannot be told from running, except by ``cpu``.
    """

    kind: str
    name: str
    queued: float
    parent: int = OUTSIDE
    library: bool = False
    shown: bool = True
    thread: str = ""
    begin: float | None = None
    end: float | None = None
    outcome: str = "pending"
    error: str = ""
    cpu: float = float("nan")
    waits: list[tuple[float, float, str]] = field(default_factory=list)

    def show(self) -> None:
        """Make it a row from now on: a library's thread has been seen to run the learner's code."""
        self.queued = self.begin = perf_counter()
        self.waits.clear()
        self.shown = True


class Here:
    """What a thread is doing at this moment.

    Attributes:
        row: what it runs.
        outer: what it goes on with when that is over, where it is a job inside something else; None otherwise.
        own: whether all that it does belongs to the block.
        cpu: ``time.thread_time()`` at the row's beginning.
        native_id: the operating system's number of the thread.
        since: when the blocking call began that it is in; 0 while it is in none.
        kind: the kind of that call.
        mark: by which the mark of its context is taken off again; None where it has none of ours.
        calls: how many hooked calls it has entered so far, by which it is known to have moved.
    """

    __slots__ = ("calls", "cpu", "kind", "mark", "native_id", "outer", "own", "row", "since")

    def __init__(self, row: ThreadRow, outer: "Here | None" = None, own: bool = True) -> None:
        self.row, self.outer, self.own = row, outer, own
        self.cpu, self.native_id = thread_time(), threading.get_native_id()
        self.since, self.kind, self.calls = 0.0, "", 0
        self.mark: Token[object | None] | None = None


def thread_name(thread: Any) -> str:
    """The thread's name, as `threading` keeps it: a learner's class may answer otherwise, or not at all."""
    name = kept_by(thread, "_name")
    return name if type(name) is str else class_name(type(thread))
