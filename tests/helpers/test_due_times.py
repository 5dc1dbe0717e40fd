"""Timers of a loop whose clock moves in steps, as on Windows up to Python 3.12: when they fall due, how late they are.

The clocks are simulated, so that what is right is known to the last digit.
"""

import asyncio
import time
from collections.abc import Callable
from math import floor

import pytest
from jumping_loop import JumpingLoop

from helpers.recorders import belonging
from helpers.recorders.loop import due_times, recorder
from helpers.recorders.loop.recorder import LoopRecorder

STEP = 1 / 64
"""Seconds: the step of Windows' `GetTickCount64`."""
BEGUN = 100.0
"""What `time.perf_counter` says when the loop's clock says 0."""


class CoarseLoop(JumpingLoop):
    """Its `time()` moves in steps; where it has nothing to do it wakes at the next of them, as Windows does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, start: float) -> None:
        super().__init__()
        self._clock_resolution = STEP
        self.exact = start
        for module in (recorder, due_times):
            monkeypatch.setattr(module, "clock", lambda: BEGUN + self.exact)

    def time(self) -> float:
        return floor(self.exact / STEP) * STEP if hasattr(self, "exact") else 0.0

    def advance(self, seconds: float) -> None:
        self.exact += seconds
        if seconds >= STEP:  # a sleep
            self.exact = (floor(self.exact / STEP) + 1e-6) * STEP


def recorded(loop: CoarseLoop, *timers: tuple[float, float]) -> tuple[LoopRecorder, float]:
    """The recording of timers that are set one after another, ``(seconds of work before that, delay)``.

    And by how much the latest of them was late, as the exact clock tells.
    """
    late = [0.0]

    async def main() -> LoopRecorder:
        done = asyncio.Semaphore(0)

        def call(due: float) -> None:
            late.append(loop.exact - due)
            done.release()

        owner = object()
        recording = LoopRecorder(loop, owner, 0.05)
        recording.start()
        mark = belonging.mark(owner)
        for work, delay in timers:
            loop.exact += work
            loop.call_later(delay, call, loop.exact + delay)
        for _ in timers:
            await done.acquire()
        recording.stop()
        belonging.unmark(mark)
        return recording

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main()), max(late)


@pytest.mark.parametrize("start", [0.0, 0.3 * STEP, 0.99 * STEP, 5.5 * STEP])
@pytest.mark.parametrize("work", [0.0, 0.4 * STEP, 0.8 * STEP])
def test_the_lag_is_how_late_the_latest_timer_was(monkeypatch: pytest.MonkeyPatch, start: float, work: float) -> None:
    timers = [(work, delay) for delay in (0.02, 0.1, 0.033, 0.05)]
    recording, late = recorded(CoarseLoop(monkeypatch, start), *timers)
    assert recording.guard.on
    assert recording.lag == pytest.approx(late, abs=1e-9)


def test_the_clocks_difference_is_the_smallest_that_was_read() -> None:
    loop = JumpingLoop()
    loop._clock_resolution = STEP
    try:
        times = due_times.DueTimes(loop)
        first = times.read()
        loop.advance(5.0)
        assert times.read() < first - 4.0
        timer = asyncio.TimerHandle(20.0, print, (), loop)
        assert times.due(timer) < 20.0 + first - 4.0
        times.note_set(timer)
        loop.advance(-2.0)
        assert times.read() > first - 4.0
        assert times.due(timer) < 20.0 + first - 4.0
    finally:
        loop.close()


def test_a_fine_clock_is_read_once() -> None:
    loop = asyncio.new_event_loop()
    try:
        loop._clock_resolution = 1e-9
        times = due_times.DueTimes(loop)
        assert not times.is_coarse
        timer = asyncio.TimerHandle(loop.time(), print, (), loop)
        reading: Callable[[], float] = time.perf_counter
        assert times.due(timer) <= reading()
    finally:
        loop.close()
