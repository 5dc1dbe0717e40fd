"""The timing lane's own rules: a sample with a stall is void, and what valid samples say decides."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import count

import canary
import pytest
from canary import SAMPLES, Canary, Sample, TooBusy, seen_never, seen_once, timing

STALL, QUIET = 0.5, 0.0
MARGIN = 1.0  # a stall of 0.1 s is allowed


class Machine:
    """Stands in for the canary: the stalls of one sample after another, and the pauses after them."""

    def __init__(self, *stalls: float) -> None:
        self.stalls = iter([*stalls, *[STALL] * SAMPLES])
        self.pauses: list[float] = []

    def worst(self, begin: float, end: float) -> float:
        """The stall of the next sample."""
        return next(self.stalls)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Machine]:
    """Make a machine with these stalls, on which no pause takes time."""

    def machine(*stalls: float) -> Machine:
        made = Machine(*stalls)
        monkeypatch.setattr(time, "sleep", made.pauses.append)
        monkeypatch.setattr(canary, "the_canary", lambda: made)
        return made

    return machine


def samples(*answers: bool) -> Callable[[], Sample]:
    """A measurement that comes out like this, one time after another."""
    left = iter(answers)
    return lambda: Sample(next(left), MARGIN)


def test_a_valid_sample_decides_at_once(machine: Callable[..., Machine]) -> None:
    assert seen_once(machine(QUIET), samples(True))
    assert seen_never(machine(QUIET), samples(False))
    assert not seen_never(machine(QUIET), samples(True))


def test_a_stall_of_a_tenth_of_the_margin_is_allowed(machine: Callable[..., Machine]) -> None:
    assert seen_once(machine(0.1), samples(True))
    with pytest.raises(TooBusy):
        seen_once(machine(0.11), samples(*[True] * SAMPLES))


def test_a_void_sample_counts_for_nothing(machine: Callable[..., Machine]) -> None:
    stalled = machine(STALL, STALL, QUIET)
    assert not seen_never(stalled, samples(False, False, True))
    assert stalled.pauses == [0.25, 0.5]
    stalled = machine(STALL, *[QUIET] * SAMPLES)
    assert not seen_once(stalled, samples(True, *[False] * SAMPLES))


def test_what_is_true_may_show_late_and_what_is_false_never(machine: Callable[..., Machine]) -> None:
    assert seen_once(machine(QUIET, STALL, QUIET), samples(False, False, True))
    assert not seen_once(machine(*[QUIET] * SAMPLES), samples(*[False] * SAMPLES))


def test_a_machine_that_stalls_in_every_sample_is_too_busy(machine: Callable[..., Machine]) -> None:
    for decide in (seen_once, seen_never):
        with pytest.raises(TooBusy, match=rf"machine too busy.* each of {SAMPLES} samples.* 500 ms \(allowed: 100\)"):
            decide(machine(), samples(*[True] * SAMPLES))


def test_a_timing_test_is_taken_again_only_while_void_or_false(machine: Callable[..., Machine]) -> None:
    calls = count(1)

    @timing(margin=MARGIN)
    def true_at_the_third() -> None:
        assert next(calls) >= 3

    machine(STALL, QUIET, QUIET)
    true_at_the_third()
    assert next(calls) == 4

    @timing(margin=MARGIN)
    def never_true() -> None:
        assert "quick" == "slow"

    machine(*[QUIET] * SAMPLES)
    with pytest.raises(AssertionError, match="quick"):
        never_true()


def test_another_error_of_a_timing_test_is_raised_at_once(machine: Callable[..., Machine]) -> None:
    calls = count()

    @timing(margin=MARGIN)
    def broken() -> None:
        next(calls)
        raise LookupError("not a matter of time")

    machine(QUIET)
    with pytest.raises(LookupError):
        broken()
    assert next(calls) == 1


@pytest.fixture
def real_canary() -> Iterator[Canary]:
    """A canary's process."""
    real = Canary()
    yield real
    real.stop()


@pytest.mark.evidence
@pytest.mark.not_on("win32", reason="Windows cannot stop a process for a while")
def test_a_real_canary_sees_that_it_was_stopped(real_canary: Canary) -> None:
    begin = time.perf_counter()
    real_canary.worst(begin, begin)  # it is awake
    stopped = time.perf_counter()
    os.kill(real_canary.pid, signal.SIGSTOP)
    time.sleep(0.3)
    os.kill(real_canary.pid, signal.SIGCONT)
    assert real_canary.worst(stopped, time.perf_counter()) > 0.2


@pytest.mark.evidence
def test_a_canary_that_has_ended_says_so(real_canary: Canary) -> None:
    real_canary.stop()
    with pytest.raises(RuntimeError, match="has ended"):
        real_canary.worst(0, time.perf_counter() + 1)
