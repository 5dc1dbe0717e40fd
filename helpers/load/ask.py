"""The function that makes the calls of a load, and the most that a load may be asked for."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

Ask = Callable[[int], Awaitable[Any]]

LONGEST, FASTEST, MOST = 60.0, 20_000.0, 10_000
"""Seconds, calls a second, callers."""


def check_ask(ask: object) -> None:
    """Raise TypeError unless `ask` can be called with the number of a call."""
    if inspect.iscoroutine(ask):
        ask.close()
        raise TypeError("give the function itself, such as open_loop(ask, ...), not the coroutine object ask(...)")
    if not callable(ask):
        raise TypeError(f"ask is an async function that takes the call's number, not {ask!r}")
    try:
        inspect.signature(ask).bind(0)
    except TypeError as error:
        raise TypeError(
            f"ask is called with one argument, the call's number, and that does not work: {error}"
        ) from None
    except ValueError:
        pass  # some functions written in C do not tell their arguments
