"""A solution passes as the first check of a bench that has just started, and after a function was stopped by force.

In benches that have been used all of them are checked by `test_generated_answers.py`. Here it is one of each chapter;
`python tests/exercises/generated.py --fresh` does it with all.
"""

import random
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from cases import given
from generated import Case, cases, names
from hostile import Pair
from idioms import defined
from side_by_side import chosen, in_a_fresh_bench, side_by_side

from helpers.exercises import catalogue, check
from helpers.exercises.exercise import Coding
from helpers.exercises.panels.outcome import Outcome

SEED = 19
DRAWN = [
    random.Random(SEED).choice([one.name for one in exercises if one.name in names()])
    for exercises in catalogue.chapters().values()
]
STOPPED = ("a-region-for-everyone", "computing-elsewhere")
"""What they use lives as long as the process: a thread of a library, and a pool of processes."""


def solution(name: str) -> Case:
    """What the exercise hands out."""
    return next(case for case in cases(name) if case.is_the_solution)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[dict[str, "Future[Outcome]"]]:
    """What comes of each, in the order in which the tests ask for it."""
    with side_by_side(3) as running:
        first = {name: running.submit(in_a_fresh_bench, solution(name).outcome) for name in chosen(request, "first")}
        yield first | {f"after force: {name}": running.submit(_after_force, name) for name in chosen(request, "name")}


def _after_force(name: str) -> Outcome:
    exercise = catalogue.find(name)
    assert isinstance(exercise, Coding)
    stopped = check(name, defined(Pair(exercise, "sleeps for ever").written(), given(exercise)))
    assert "It had not ended" in str(stopped.findings[0])
    return solution(name).outcome()


@pytest.mark.parametrize("first", DRAWN)
def test_a_solution_passes_as_the_first_of_a_bench(first: str, outcomes: dict[str, "Future[Outcome]"]) -> None:
    assert not solution(first).wrong_with(outcomes[first].result())


@pytest.mark.parametrize("name", STOPPED)
def test_a_solution_passes_after_a_function_was_stopped_by_force(
    name: str, outcomes: dict[str, "Future[Outcome]"]
) -> None:
    assert not solution(name).wrong_with(outcomes[f"after force: {name}"].result())
