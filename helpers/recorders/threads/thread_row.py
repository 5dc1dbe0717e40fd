"""What is known of one job or thread of a measured block."""

import threading
from dataclasses import dataclass, field
from time import thread_time

from helpers.recorders.task_row import OUTSIDE


@dataclass(slots=True, eq=False)
class ThreadRow:
    """A job of a pool, a plain thread, or the thread that the block was opened on.

    Times are ``time.perf_counter()`` seconds.

    Attributes:
        kind: ``"cell"`` (the thread that the block was opened on), ``"job"`` or ``"thread"``.
        name: of a job its function's, of a thread its own.
        queued: when the job was submitted or the thread started.
        parent: the row of the task that did so, or `OUTSIDE`.
        thread: the name of the thread it ran on; empty while it is queued.
        begin, end: when it began to run and when it ended; ``begin`` is None for what never ran.
        outcome: ``"ok"``, ``"error"``, ``"cancelled"`` (while queued), or ``"pending"`` when the recording ended first.
        error: the class name of the exception that it ended with, or an empty text.
        cpu: seconds of processor time that its thread used for it; nan where that is not known.
        waits: ``(start, end, kind)`` of every wait: ``"sleep"``, ``"socket"``, ``"lock"``, ``"queue"`` or ``"other"``.
            They do not overlap, and are in order once the recording has ended. Waiting for the GIL is not among them:
            it cannot be told from running, except by ``cpu``.
    """

    kind: str
    name: str
    queued: float
    parent: int = OUTSIDE
    thread: str = ""
    begin: float | None = None
    end: float | None = None
    outcome: str = "pending"
    error: str = ""
    cpu: float = float("nan")
    waits: list[tuple[float, float, str]] = field(default_factory=list)


class Here:
    """What a thread is doing at this moment.

    Attributes:
        row: what it runs.
        cpu: ``time.thread_time()`` at the row's beginning.
        native_id: the operating system's number of the thread.
        since: when the blocking call began that it is in; 0 while it is in none.
        kind: the kind of that call.
        calls: how many hooked calls it has entered so far, by which it is known to have moved.
    """

    __slots__ = ("calls", "cpu", "kind", "native_id", "row", "since")

    def __init__(self, row: ThreadRow) -> None:
        self.row, self.cpu, self.native_id = row, thread_time(), threading.get_native_id()
        self.since, self.kind, self.calls = 0.0, "", 0
