"""The pause of the practice API: when it holds requests, and when it lets them go."""

import asyncio

import pytest
from jumping_loop import clock, jump_through

from helpers.servers.practice_api.calls import State

BEGUN, TO_COME = (0, 5, 0), (0, 5, 1.5)
"""Planned when, for how long, to begin after how many seconds."""


def let_go(comes: float, *plans: tuple[float, float, float], reset: float | None = None) -> float:
    """When a request that comes at that time goes on."""

    async def main() -> float:
        loop, state = asyncio.get_running_loop(), State()
        for at, seconds, after in plans:
            loop.call_at(at, state.pause.plan, seconds, after)
        if reset is not None:
            loop.call_at(reset, state.reset)
        await asyncio.sleep(comes)
        await state.pause.over()
        return clock()

    return jump_through(main())


def test_it_lasts_from_its_beginning_to_its_end() -> None:
    assert let_go(0.1, BEGUN) == let_go(4.9, BEGUN) == 5
    assert let_go(5.1, BEGUN) == 5.1
    assert let_go(1.4, TO_COME) == 1.4
    assert let_go(1.6, TO_COME) == 6.5


@pytest.mark.parametrize("ended", [(1, 0, 0), (1, 0.5, 0.75)], ids=["taken back", "replaced"])
def test_another_plan_ends_it_and_it_does_not_begin(ended: tuple[float, float, float]) -> None:
    assert let_go(0.1, BEGUN, ended) == 1
    assert let_go(1.6, TO_COME, ended) == 1.6


def test_the_new_plan_holds_in_its_place() -> None:
    assert let_go(2, BEGUN, (1, 0.5, 0.75)) == 2.25


def test_a_reset_ends_one_that_is_on_and_leaves_one_that_is_to_come() -> None:
    assert let_go(0.1, BEGUN, reset=1) == 1
    assert let_go(2, TO_COME, reset=1) == 6.5
