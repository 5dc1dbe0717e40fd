"""What each task, job and thread of a run did, as a chart sees it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas

STATES = ("waiting", "ready", "running", "blocking")
"""The states of a row, as an operating system's scheduler has them; `Activity.spans` stores their positions here.

- waiting: for something that has not happened yet: an answer, a timer, a lock
- ready: it could go on, but another task holds the loop; for a job of a pool: no thread is free yet
- running: executing Python
- blocking: a step of a task that ran for as long as the threshold or longer, so that nobody else could
"""
WAITING, READY, RUNNING, BLOCKING = range(4)

OUTSIDE = -1
"""Where a row number is expected: none of the rows. Something outside the block, or a library's own task."""


@dataclass(frozen=True)
class Block:
    """One step that held the loop too long.

    Attributes:
        row: which row it was, or `OUTSIDE`.
        start, end: seconds since the block opened.
        who: what to call it where it has no row (a callback, a library's task, something outside the block).
        line: the source line seen executing for most of the time, or an empty text where none was seen.
        place: where that line stands, such as ``"cell, line 3"`` or ``"fetch.py, line 12"``.
        replies: when replies for other tasks arrived during it, in seconds; empty where the system does not tell.
    """

    row: int
    start: float
    end: float
    who: str = ""
    line: str = ""
    place: str = ""
    replies: tuple[float, ...] = ()


@dataclass(frozen=True)
class Pause:
    """One garbage collection: nothing else of this process ran Python meanwhile."""

    start: float
    end: float
    generation: int


@dataclass(frozen=True)
class Wait:
    """The longest wait of a task, as it was looked at while it lasted.

    Attributes:
        row: which row it was.
        start, end: seconds since the block opened.
        line, place: the line of the learner's code at which it waited, and where that stands; empty where none was.
        reason: what it waited for, such as ``"a Lock"``.
        whom: the same with who held it at the last look, such as ``"a Lock held by fetch #1"``.
        on: the rows of those, as far as they have one.
        chain: the same with who held it, and what those waited for in turn, at the last look: joined by arrows.
        told: whether it is for something of the program's own, as a lock, a queue, or a task that another has made.
        cycle: the rows of tasks at its end that wait for each other; empty where none do.
    """

    row: int
    start: float
    end: float
    line: str = ""
    place: str = ""
    reason: str = ""
    whom: str = ""
    on: tuple[int, ...] = ()
    chain: str = ""
    told: bool = False
    cycle: tuple[int, ...] = ()

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Activity:
    """Who did what when, in one measured block. All times are seconds since the block opened.

    Attributes:
        model: ``"loop"`` (tasks on an event loop, and the jobs they gave to threads), ``"threads"`` (jobs and threads)
            or ``"blocking"`` (plain code on one thread).
        rows: one line per row of the chart, in the order in which they are drawn. Columns: name, kind ("task", "job",
            "thread" or "request"), start, end, outcome ("ok", "error", "cancelled" or "pending"), error (the class name
            of what it raised, or empty), parent (the row that made it, or `OUTSIDE`), steps (how often it ran), cpu
            (seconds of processor time of a thread's rows; nan for tasks), library (whether it is a job
            that a library gave to a thread for its own purposes, such as the look-up of a host; it is not counted).
        spans: who was in which state when. Columns: row, state (a position in `STATES`), start, end. Sorted by row and
            then start; within a row they follow each other without overlap and cover it from its start to its end.
        blocks: the blocking steps, in order of start.
        waits: the longest wait of each task that has waited long, by row.
        pauses: garbage collections of a millisecond or more, in order of start.
        stalls: pairs (start, end) of seconds in which the machine gave this process no processor, in order.
        stalls_told: whether the system tells that from a library that keeps the GIL while it waits.
        tick: seconds from one tick of the system's clock to the next, where processor time is counted by these; 0 where
            it is exact.
        busy: pairs (start, end) of seconds in which the loop was held, which is when it did not wait itself, in order;
            None where there is no loop in the picture.
        wall: seconds the block took.
        threshold: seconds; a step is called blocking from here on.
        lag: the greatest lateness of a timer of the block, in seconds; nan if it set none.
        hidden: how many tasks of libraries (not made by the learner's code) are left out of the rows.
        cost: seconds of processor time that recording took in the block, estimated from what a step, a call and a
            request cost on this machine, and what the recorder's own thread used.
        opening: seconds that it took to open the block, before its time began.
        events: how many steps and calls were recorded.
        notes: what else the reader must know, a sentence each: a recording cut short, a loop that was patched.
        recorded: seconds that were recorded in full, from the block's opening on, where a recorder failed; None where
            all of it was. No total, no share and no count is told of a part.
        has_opener: whether the first row is the block's own task or thread, which is not counted among the others.
    """

    model: str
    rows: "pandas.DataFrame"
    spans: "pandas.DataFrame"
    wall: float
    blocks: tuple[Block, ...] = ()
    waits: tuple[Wait, ...] = ()
    pauses: tuple[Pause, ...] = ()
    stalls: tuple[tuple[float, float], ...] = ()
    stalls_told: bool = True
    tick: float = 0.0
    busy: "np.ndarray[tuple[int, int], np.dtype[np.float64]] | None" = None
    threshold: float = 0.01
    lag: float = float("nan")
    hidden: int = 0
    cost: float = 0.0
    opening: float = 0.0
    events: int = 0
    notes: tuple[str, ...] = field(default=())
    recorded: float | None = None
    has_opener: bool = True
