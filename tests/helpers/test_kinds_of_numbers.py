"""Wherever a learner gives a number it may be numpy's, a Decimal or a Fraction; too large a one is refused in words."""

import asyncio
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from helpers import closed_loop, draw_steps, heartbeat, measure, open_loop, recommend, trials
from helpers.choosing.workload import Workload
from helpers.knobs.controls import knobs_of

pytestmark = pytest.mark.evidence

NUMBERS = [np.int64(1), np.float32(1), Decimal(1), Fraction(1)]


async def ask(number: int) -> None:
    await asyncio.sleep(0.001)


def nothing() -> None: ...


@pytest.mark.parametrize("one", NUMBERS, ids=lambda one: type(one).__name__)
def test_every_kind_of_number_is_one(one: Any) -> None:
    with measure("one", predict=one, blocking=one) as run:
        pass
    assert run.predict == 1 and type(run.predict) is float
    assert heartbeat(one).every == 1
    load = asyncio.run(closed_loop(ask, np.int64(2), one / 20)).load
    assert load.callers == 2 and len(load.calls) >= 2
    assert len(asyncio.run(open_loop(ask, one * 100, one / 20)).load.calls) >= 1
    assert Workload(one, one, np.int64(2), np.int64(1), one, "both", "script").wait_share == "50 %"
    assert str(recommend(wait=one, calls=np.int64(3)))
    assert draw_steps("mine", [("a", one - one, one - one, one)]).sentence
    (knob,) = knobs_of(lambda n: n, {"n": (one, one * 5)})
    assert (knob.low, knob.high) == (1, 5)


def test_whole_numbers_of_numpy_are_whole() -> None:
    variants = {"a": nothing, "b": nothing}
    assert len(asyncio.run(trials(variants, rounds=np.int64(2), warm_up=np.uint8(0))).runs) == 4
    (knob,) = knobs_of(lambda n: n, {"n": (np.int64(1), np.int64(9))})
    assert (type(knob.start), knob.step) == (int, 1)


@pytest.mark.parametrize("huge", [10**400, Fraction(10**400), Decimal("1e400")], ids=str)
def test_a_number_too_large_for_a_float_is_refused_in_words(huge: Any) -> None:
    with pytest.raises(ValueError, match=r"^predict is a number of seconds above 0 and up to 1e\+09, not "):
        measure("one", predict=huge)
    with pytest.raises(ValueError, match=r"^seconds is a number of seconds above 0 and up to 60, not "):
        asyncio.run(closed_loop(ask, 2, huge))
    with pytest.raises(ValueError, match=r"^wait is a number of seconds from 0 to 60, not "):
        recommend(wait=huge)
    with pytest.raises(TypeError, match="needs three times in seconds"):
        draw_steps("mine", [("a", 0, 0, huge)])
    with pytest.raises(ValueError, match="goes from a number to a greater one"):
        knobs_of(lambda n: n, {"n": (1, huge)})
