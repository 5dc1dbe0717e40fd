"""Nothing that a function returns, raises or does makes `check` raise, or harms the check after it.

`hostile.py` has what they do; as a script it does all of that to all exercises.
"""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from hostile import BY_FORCE, DONE, RETURNED, Pair, coding, pairs
from side_by_side import chosen, side_by_side

SEED = 19
BENCHES = 4
PAIRS = pairs(SEED)


@pytest.fixture(scope="module")
def faults(request: pytest.FixtureRequest) -> Iterator[dict[Pair, "Future[str]"]]:
    """What is wrong with each, in the order in which the tests ask for it."""
    with side_by_side(BENCHES) as running:
        yield {pair: running.submit(pair.faults) for pair in chosen(request, "pair")}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.exercise.name}: {pair.hostile}")
def test_it_is_refused_with_a_true_finding_and_the_solution_after_it_passes(
    pair: Pair, faults: dict[Pair, "Future[str]"]
) -> None:
    assert not faults[pair].result(), f"{pair.written()}\n--> {faults[pair].result()}"


def test_all_of_it_is_done_and_each_exercise_meets_some() -> None:
    assert {pair.hostile for pair in PAIRS} == {*RETURNED, *DONE, *BY_FORCE}
    assert {pair.exercise.name for pair in PAIRS} == {exercise.name for exercise in coding()}
