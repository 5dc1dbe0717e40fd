"""What the timing lane stands on: a sample during which the machine stood still is void, and taken again.

A test that compares two times is a measurement. `Canary` tells for how long at a stretch the machine let a process
wait that wanted to run. `seen_once` and `seen_never` take samples until valid ones decide; `timing` makes such a
measurement of a test function.
"""

import atexit
import functools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import pytest

SAMPLES = 6
"""How many samples are taken at most. On a quiet machine the first decides."""

SHARE = 0.1
"""The longest stall that a sample may have had, as a share of its margin."""

LEAST_STALL = 0.010
"""Seconds. A machine that does nothing else has stalls of a few milliseconds too."""

FIRST_PAUSE = 0.25
"""Seconds to wait after a void sample, twice as long after each: a busy machine may be about to finish."""

Test = TypeVar("Test", bound=Callable[..., None])


class TooBusy(AssertionError):
    """Every sample was void: this machine cannot be measured on now."""


class Canary:
    """A process that does nothing but wake, and what it said of that."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("canary_process.py")
        self._process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, encoding="ascii")
        self._heard: list[tuple[float, float]] = []  # when, and the longest stall since the line before
        self._more = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def worst(self, begin: float, end: float) -> float:
        """Return the longest stall between two times of `perf_counter`, in seconds.

        Raises RuntimeError where the process has ended.
        """
        with self._more:
            while not (self._heard and self._heard[-1][0] >= end):
                if self._process.poll() is not None:
                    raise RuntimeError("the canary's process has ended")
                self._more.wait(1.0)
            lines = list(self._heard)
        after = next(at for at, (when, _) in enumerate(lines) if when >= end)
        return max(stall for when, stall in lines[: after + 1] if when >= begin)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            when, stall = map(float, line.split())
            with self._more:
                self._heard.append((when, stall))
                self._more.notify_all()


@dataclass(frozen=True)
class Sample:
    """What one measurement came to: did it hold, and by how many seconds were its times away from the other answer."""

    holds: bool
    margin: float


def valid_samples(canary: Canary, take: Callable[[], Sample]) -> Iterator[Sample]:
    """Take up to `SAMPLES` samples, and yield those during which the machine did not stand still for too long.

    Raises TooBusy where there was none.
    """
    pause, voided, valid = FIRST_PAUSE, [], 0
    for _ in range(SAMPLES):
        begin = time.perf_counter()
        sample = take()
        stall, allowed = canary.worst(begin, time.perf_counter()), max(SHARE * sample.margin, LEAST_STALL)
        if stall <= allowed:
            valid += 1
            yield sample
        else:
            voided.append(f"{stall * 1000:.0f} ms (allowed: {allowed * 1000:.0f})")
            time.sleep(pause)
            pause *= 2
    if not valid:
        raise TooBusy(f"machine too busy: it stood still in each of {SAMPLES} samples, for {', '.join(voided)}")


def seen_once(canary: Canary, take: Callable[[], Sample]) -> bool:
    """Tell whether one valid sample holds. What is true of a quiet machine shows in time."""
    return any(sample.holds for sample in valid_samples(canary, take))


def seen_never(canary: Canary, take: Callable[[], Sample]) -> bool:
    """Tell whether a valid sample does not hold. One is enough: what must not be true may not be so even by chance."""
    return not next(valid_samples(canary, take)).holds


def timing(margin: float) -> Callable[[Test], Test]:
    """Put a test that compares times into the timing lane, as a measurement.

    `margin`: by how many seconds its times would have to be wrong on a quiet machine to make it fail. Its fixtures are
    made once and the function may be called several times: it must not depend on what a call before has left.
    """

    def measured(test: Test) -> Test:
        @functools.wraps(test)
        def samples(*args: object, **kwargs: object) -> None:
            failed: list[AssertionError] = []

            def take() -> Sample:
                try:
                    test(*args, **kwargs)
                except AssertionError as error:
                    failed.append(error)
                    return Sample(False, margin)
                return Sample(True, margin)

            if not seen_once(the_canary(), take):
                raise failed[-1]

        return pytest.mark.timing(cast(Test, samples))

    return measured


@functools.cache
def the_canary() -> Canary:
    """The canary of this test run; it ends with it."""
    canary = Canary()
    atexit.register(canary.stop)
    return canary
