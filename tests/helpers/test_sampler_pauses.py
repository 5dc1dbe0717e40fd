"""How long the idle sampler pauses between two looks, where the clock of its processor time moves in steps."""

from math import floor
from statistics import mean

import pytest

from helpers.recorders.threads import idle_sampler
from helpers.recorders.threads.idle_sampler import MOST_PAUSE, PAUSE, SHARE, IdleSampler

STEP = 1 / 64
"""Seconds: the step of Windows' `GetThreadTimes`."""
LOOKS = 2_000


def pauses(monkeypatch: pytest.MonkeyPatch, cost: float, step: float) -> list[float]:
    """The pauses of a sampler, each look of which takes so many seconds, by a clock with such steps."""
    sampler, used, now, seen = IdleSampler({}, print), 0.0, 0.0, list[float]()

    def look(*_: object, **__: object) -> bool:
        nonlocal used
        used += cost
        return True

    monkeypatch.setattr(idle_sampler, "thread_time", lambda: floor(used / step) * step)
    monkeypatch.setattr(sampler, "_look", look)
    for _ in range(LOOKS):
        seen.append(sampler.look(now, 0.0))
        now += seen[-1]
    assert used == pytest.approx(LOOKS * cost)
    return seen


def test_a_clock_that_moves_in_steps_makes_no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """One look in 150 seems to take 16 ms, for which it would rest a third of a second."""
    seen = pauses(monkeypatch, 0.0001, STEP)
    assert mean(seen) < 1.5 * PAUSE
    assert max(seen) < 0.05


@pytest.mark.parametrize("step", [1e-9, STEP])
def test_looks_that_take_long_are_fewer(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    seen = pauses(monkeypatch, 0.001, step)
    assert mean(seen[100:]) == pytest.approx(0.001 / SHARE, rel=0.2)
    assert max(pauses(monkeypatch, 0.1, step)) == pytest.approx(MOST_PAUSE)


def test_what_comes_too_soon_is_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    sampler, looks = IdleSampler({}, print), list[float]()
    monkeypatch.setattr(sampler, "_look", lambda now, **_: bool(looks.append(now) or True))
    waits = [sampler.look(now, 0.0) for now in (1.0, 1.001, 1.0045, 1.008, 1.0095)]
    assert looks == [1.0, 1.0045, 1.0095]
    assert waits == pytest.approx([PAUSE, PAUSE - 0.001, PAUSE, 0.0015, PAUSE])
