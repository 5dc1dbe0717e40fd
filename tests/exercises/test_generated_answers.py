"""Every answer keeps its verdict, and a wrong one its first finding, in whatever idiom it is written.

That holds the answers as they are written too: they are the first of the idioms. `generated.py` says which others each
is given in, and runs them as a script: three times, say, to see which waver.
"""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from generated import BENCHES, Case, cases, names
from idioms import IDIOMS
from side_by_side import chosen, side_by_side

from helpers.exercises import catalogue
from helpers.exercises.exercise import Coding
from helpers.exercises.panels.outcome import Outcome

AT_LEAST = 1500
"""So many checks, of which each is an answer that somebody may give."""

FEWEST = 16
"""So many idioms at least fit any exercise."""


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[dict[Case, "Future[Outcome]"]]:
    """What comes of all of them, in the order in which the tests ask for it."""
    with side_by_side(BENCHES) as running:
        yield {case: running.submit(case.outcome) for name in chosen(request, "name") for case in cases(name)}


@pytest.mark.parametrize("name", names())
def test_answers_keep_their_verdicts_in_any_idiom(name: str, outcomes: dict[Case, "Future[Outcome]"]) -> None:
    wrong = []
    for case in cases(name):
        error = outcomes[case].exception()
        said = f"check raised {error!r}" if error is not None else case.wrong_with(outcomes[case].result())
        if said:
            wrong.append(f"{case}\n--> {said}")
    assert not wrong, f"{len(wrong)} of {len(cases(name))}:\n\n" + "\n\n".join(wrong)


def test_enough_is_asked_and_every_exercise_meets_every_idiom_that_fits_it() -> None:
    plan = {name: cases(name) for name in names()}
    assert sum(map(len, plan.values())) >= AT_LEAST
    met = {name: {idiom for case in own for idiom in case.idioms} for name, own in plan.items()}
    assert set().union(*met.values()) == {*IDIOMS}
    coding = [one.name for chapter in catalogue.chapters().values() for one in chapter if isinstance(one, Coding)]
    assert not [name for name in coding if len(met[name]) < FEWEST]
