"""Whoever waits for a socket or a timer of the event loop is woken at a tick of the clock, as on Windows.

But not in a process that has asked for fine timers: see `simulated.windows`.
"""

import selectors
from math import ceil
from time import perf_counter
from typing import Any

STEP = 1 / 64
are_coarse = [True]
_select = selectors.EpollSelector.select


def _until_a_tick(selector: selectors.EpollSelector, timeout: float | None = None) -> Any:
    if are_coarse and timeout is not None and timeout > 0:
        now = perf_counter()
        timeout = ceil((now + timeout) / STEP) * STEP - now
    return _select(selector, timeout)


selectors.EpollSelector.select = _until_a_tick  # type: ignore[method-assign]
