"""Watch the jobs of every `concurrent.futures.ThreadPoolExecutor`: `asyncio.to_thread` and `run_in_executor` use one.

A job is a `Future` from its submission on. That is told when the job begins, what came of it, and that it was
cancelled: these are the methods hooked. Nothing is wrapped around the job itself, so a traceback is what it always is.
"""

import functools
import inspect
import threading
from concurrent.futures import Future, thread
from contextvars import Context
from types import BuiltinMethodType
from typing import Any

from helpers.recorders.by_identity import ByIdentity
from helpers.recorders.display_names import name_in_code
from helpers.recorders.patches import Patches
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.thread_row import ThreadRow

UNKNOWN = (
    "This version of Python runs the jobs of its thread pools in a way that the recorder does not know: they were not "
    "recorded."
)

MOST_PARTIALS = 10
"""How many, one in another, are looked through for a name."""


def install(patches: Patches, ledger: Ledger) -> None:
    """Hook the methods; ``patches.restore()`` takes the hooks out again."""
    item = getattr(thread, "_WorkItem", None)
    # Up to Python 3.13 an item has the function as `fn`; later the function and its arguments as `task`.
    if item is None or not {"fn", "task"} & set(inspect.signature(item).parameters):
        ledger.notes.append(UNKNOWN)
        return
    rows = ByIdentity[ThreadRow]()
    plain_init = item.__init__
    plain_running, plain_cancel = Future.set_running_or_notify_cancel, Future.cancel
    plain_result, plain_exception = Future.set_result, Future.set_exception

    guard = ledger.guard

    @functools.wraps(plain_init)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        plain_init(self, *args, **kwargs)
        with guard:
            row = ledger.born("job", name_of(self.fn if hasattr(self, "fn") else self.task[0]))
            if row is not None:
                rows.put(self.future, row)

    @functools.wraps(plain_running)
    def set_running_or_notify_cancel(self: "Future[Any]") -> bool:
        runs = plain_running(self)
        with guard:
            row = rows.get(self)
            if row is not None and runs:
                ledger.begin(row, threading.current_thread().name)
        return runs

    @functools.wraps(plain_result)
    def set_result(self: "Future[Any]", result: Any) -> None:
        # First the row: whoever waits for the result may end the block as soon as it is there.
        end(self, "ok")
        plain_result(self, result)

    @functools.wraps(plain_exception)
    def set_exception(self: "Future[Any]", exception: BaseException | None) -> None:
        end(self, "error", type(exception).__name__)
        plain_exception(self, exception)

    @functools.wraps(plain_cancel)
    def cancel(self: "Future[Any]") -> bool:
        cancelled = plain_cancel(self)
        if cancelled:
            end(self, "cancelled")
        return cancelled

    def end(future: "Future[Any]", outcome: str, error: str = "") -> None:
        with guard:
            row = rows.get(future)
            if row is not None:
                ledger.end(row, outcome, error)

    patches.replace(item, "__init__", init)
    for method in (set_running_or_notify_cancel, set_result, set_exception, cancel):
        patches.replace(Future, method.__name__, method)


def name_of(function: Any) -> str:
    """What to call a job: the name of its function, as a traceback has it."""
    for _ in range(MOST_PARTIALS):
        if type(function) is not functools.partial:
            break
        # `asyncio.to_thread` submits `partial(context.run, function, ...)`.
        inner = function.func
        in_context = type(inner) is BuiltinMethodType and type(inner.__self__) is Context
        function = function.args[0] if in_context and function.args else inner
    return name_in_code(function)
