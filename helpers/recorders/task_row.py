"""What is known of one task, and of one step that held the loop."""

import asyncio
from typing import Any
from weakref import ref

from helpers.recorders.display_names import class_name, name_in_code
from helpers.recorders.handed_on import code_run_by
from helpers.recorders.tasks import is_cancelled, name_of

OUTSIDE = -1
"""The row of a step that is none of the block's tasks: a callback, or something that runs beside the block."""


class TaskRow:
    """One task of a measured block. Times are ``time.perf_counter()`` seconds.

    Attributes:
        name: the task's name, read as late as possible: up to Python 3.12 it is set after the task is made.
        coroutine: the name of its coroutine function.
        code: the file, or cell, that the function stands in.
        parent: the row of the task that made it, or `OUTSIDE`.
        library: whether a library made it for its own purposes.
        born, ended: when it was made; when its last step ended, or None while it has not.
        outcome: ``"ok"``, ``"error"``, ``"cancelled"`` or ``"pending"``.
        error: the class name of the exception that it ended with, or an empty text.
        task: a weak reference: the recorder must keep no task alive that would otherwise be gone.
    """

    __slots__ = ("born", "code", "coroutine", "ended", "error", "library", "name", "outcome", "parent", "task")

    def __init__(self, task: "asyncio.Task[Any]", coroutine: Any, born: float, parent: int, library: bool) -> None:
        self.task = ref(task)
        self.name = ""
        self.parent = parent
        self.runs(coroutine)
        self.library = library
        self.born = born
        self.ended: float | None = None
        self.outcome = "pending"
        self.error = ""

    def runs(self, coroutine: Any) -> None:
        """Note what it runs: the learner's own, if a library has put something around it."""
        self.library = False
        self.coroutine = name_in_code(coroutine)
        code = code_run_by(coroutine)
        self.code = code.co_filename if code else ""

    def finish(self, task: Any, now: float) -> None:
        """Note how a task that is done has ended."""
        self.ended = now
        self.name = name_of(task)
        if is_cancelled(task):
            self.outcome = "cancelled"
        else:
            # Not `task.exception()`: whoever asks for it takes on to handle it, and asyncio would no longer say
            # "exception was never retrieved".
            failure = task._exception
            self.outcome = "ok" if failure is None else "error"
            self.error = "" if failure is None else class_name(type(failure))


class LongStep:
    """One step that ran for as long as the threshold or longer.

    Attributes:
        row: the row of the task, or `OUTSIDE`.
        who: what to call it where it has no row.
        start, end: ``time.perf_counter()`` seconds.
        line, place: the source line seen executing most often, and where it stands; empty where none was seen.
        cpu: seconds of processor time that its thread used meanwhile, at most; nan where that is not known.
        elsewhere: seconds, at most, in which other threads of the process computed, or the machine gave its thread no
            processor; nan likewise.
    """

    __slots__ = ("cpu", "elsewhere", "end", "line", "place", "row", "start", "who")

    def __init__(
        self, row: int, who: str, start: float, end: float, line: str, place: str, cpu: float, elsewhere: float
    ) -> None:
        self.row, self.who, self.start, self.end, self.line, self.place = row, who, start, end, line, place
        self.cpu, self.elsewhere = cpu, elsewhere
