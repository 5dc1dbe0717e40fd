"""Clocks that move every 15.6 ms, as on Windows: processor time, and the event loop's (there, up to Python 3.12).

See `GetThreadTimes`, `GetProcessTimes` and `GetTickCount64`. `time.perf_counter` is exact there.
"""

import time
from collections.abc import Callable
from math import floor
from types import SimpleNamespace

STEP = 1 / 64


def _in_steps(clock: Callable[[], float]) -> Callable[[], float]:
    return lambda: floor(clock() / STEP) * STEP


_about = time.get_clock_info


def _get_clock_info(name: str) -> object:
    told = _about(name)
    return SimpleNamespace(**(vars(told) | {"resolution": STEP})) if name == "monotonic" else told


time.monotonic = _in_steps(time.monotonic)
time.process_time = _in_steps(time.process_time)
time.thread_time = _in_steps(time.thread_time)
time.get_clock_info = _get_clock_info  # type: ignore[assignment]
