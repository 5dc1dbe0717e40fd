"""Call a function that somebody else wrote, and wait for it, whether it is plain or asynchronous."""

import inspect
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


async def call(function: Callable[..., Any], **arguments: object) -> None:
    """Call `function` in this task; what it returns is awaited where it can be.

    Whatever it raises passes through. The Stop button ends an `await` with CancelledError, and plain code with
    KeyboardInterrupt.
    """
    with _stop_raises():
        result = function(**arguments)
    if inspect.isawaitable(result):
        await result


@contextmanager
def _stop_raises() -> Iterator[None]:
    """Let Stop and Ctrl-C raise KeyboardInterrupt at once.

    Around an awaiting cell ipykernel has them cancel the cell's task instead (`IPythonKernel._cancel_on_sigint`), which
    plain code does not notice before it ends; and while it is idle it ignores them.
    """
    before = signal.getsignal(signal.SIGINT)
    # Only the main thread is told of signals; and a handler that is not Python's own (None) could not be put back.
    if before is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling it makes a coroutine, which leaves the event loop free while it waits."""
    # Of an object that can be called, its class has the code.
    return any(map(inspect.iscoroutinefunction, (function, type(function).__call__)))
