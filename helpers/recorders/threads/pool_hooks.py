"""Watch the jobs of every `concurrent.futures.ThreadPoolExecutor`: `asyncio.to_thread` and `run_in_executor` use one.

A job is a `Future` from its submission on. That is told when the job begins, what came of it, and that it was
cancelled: these are the methods hooked. Nothing is wrapped around the job itself, so a traceback is what it always is.
"""

import functools
import inspect
import sys
import threading
from concurrent.futures import Future, thread
from typing import Any

from helpers.recorders.by_identity import ByIdentity
from helpers.recorders.display_names import class_name
from helpers.recorders.own_frames import out_of_sight
from helpers.recorders.patches import Patches
from helpers.recorders.threads.jobs import new_job
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.thread_row import ThreadRow, thread_name

UNKNOWN = (
    "This version of Python runs the jobs of its thread pools in a way that the recorder does not know: they were not "
    "recorded."
)
ASGIREF = "asgiref.current_thread_executor"
"""Its executor runs jobs in a thread that waits for them, and has a copy of the standard library's class for them."""


def install(patches: Patches, ledger: Ledger) -> None:
    """Hook the methods; ``patches.restore()`` takes the hooks out again."""
    item = getattr(thread, "_WorkItem", None)
    # Up to Python 3.13 an item has the function as `fn`; later the function and its arguments as `task`.
    if item is None or not {"fn", "task"} & set(inspect.signature(item).parameters):
        ledger.notes.append(UNKNOWN)
        return
    rows, beside = ByIdentity[ThreadRow](), ByIdentity[bool]()
    plain_running, plain_cancel = Future.set_running_or_notify_cancel, Future.cancel
    plain_result, plain_exception = Future.set_result, Future.set_exception

    guard = ledger.guard

    def init_hook(plain_init: Any) -> Any:
        @functools.wraps(plain_init)
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            plain_init(self, *args, **kwargs)
            with guard:
                function = self.fn if hasattr(self, "fn") else self.task[0]
                row = new_job(ledger, function, sys._getframe().f_back)
                if row is not None:
                    rows.put(self.future, row)
                elif ledger.is_beside():
                    beside.put(self.future, True)

        return init

    @functools.wraps(plain_running)
    def set_running_or_notify_cancel(self: "Future[Any]") -> bool:
        with out_of_sight:
            runs = plain_running(self)
        with guard:
            row = rows.get(self)
            if row is not None and runs:
                ledger.begin(row, thread_name(threading.current_thread()))
            elif beside.get(self) and runs:
                ledger.beside.add(threading.get_ident())
        return runs

    @functools.wraps(plain_result)
    def set_result(self: "Future[Any]", result: Any) -> None:
        # First the row: whoever waits for the result may end the block as soon as it is there.
        end(self, "ok")
        with out_of_sight:
            plain_result(self, result)

    @functools.wraps(plain_exception)
    def set_exception(self: "Future[Any]", exception: BaseException | None) -> None:
        end(self, "error", class_name(type(exception)))
        with out_of_sight:
            plain_exception(self, exception)

    @functools.wraps(plain_cancel)
    def cancel(self: "Future[Any]") -> bool:
        with out_of_sight:
            cancelled = plain_cancel(self)
        if cancelled:
            end(self, "cancelled")
        return cancelled

    def end(future: "Future[Any]", outcome: str, error: str = "") -> None:
        with guard:
            row = rows.get(future)
            if row is not None:
                ledger.end(row, outcome, error)
            elif beside.get(future):
                ledger.beside.discard(threading.get_ident())

    for kind in (item, getattr(sys.modules.get(ASGIREF), "_WorkItem", None)):
        if kind is not None:
            patches.replace(kind, "__init__", init_hook(kind.__init__))
    for method in (set_running_or_notify_cancel, set_result, set_exception, cancel):
        patches.replace(Future, method.__name__, method)
