"""What every exercise has, and what a stub and a choice get. The answers are checked by `test_generated_answers.py`."""

from collections import Counter

import pytest
from cases import by_chapter, given, headings_of, notebook_of, right_answers, wrong_answers
from page_rules import requests_without_timeout

from helpers.exercises import catalogue, check, choose, order
from helpers.exercises.exercise import Choice, Coding, Exercise, Order
from helpers.exercises.ordering import defined
from helpers.exercises.panels.outcome import Outcome

WRONG, RIGHT = wrong_answers(), right_answers()
EXERCISES = [exercise for exercises in catalogue.chapters().values() for exercise in exercises]
CODING = [exercise for exercise in EXERCISES if isinstance(exercise, Coding)]
CHOICES = [exercise for exercise in EXERCISES if isinstance(exercise, Choice)]


@pytest.mark.parametrize("exercise", by_chapter(CODING))
def test_a_solution_may_be_copied(exercise: Coding) -> None:
    assert not requests_without_timeout(exercise.solution)


@pytest.mark.parametrize("exercise", by_chapter(CODING))
def test_stub_is_not_yet_an_answer(exercise: Coding) -> None:
    head = exercise.start.split("\n    ")[0]
    for source in (exercise.start, f"{head}\n    ...\n", f"{head}\n    '''Soon.'''\n    raise NotImplementedError\n"):
        assert check(exercise.name, defined(source, given(exercise), "In[1]")).state == "not yet"


@pytest.mark.parametrize("exercise", by_chapter(CODING))
def test_start_is_what_the_notebook_has(exercise: Coding) -> None:
    assert exercise.start.strip() in notebook_of(exercise)


@pytest.mark.parametrize("exercise", by_chapter(CODING))
def test_every_coding_exercise_has_four_wrong_answers_and_two_right_ones(exercise: Coding) -> None:
    assert Counter(answer.name for answer in WRONG)[exercise.name] >= 4
    assert Counter(answer.name for answer in RIGHT)[exercise.name] >= 2


@pytest.mark.parametrize("exercise", by_chapter(CHOICES))
def test_answers_to_choose(exercise: Choice) -> None:
    for letter in exercise.answers:
        outcome = choose(exercise.name, letter)
        assert isinstance(outcome, Outcome)
        assert outcome.state == ("done" if letter == exercise.right else "again")
    assert exercise.code.strip() in notebook_of(exercise)
    assert exercise.replies.keys() == exercise.answers.keys() - {exercise.right}
    assert {reply.look for reply in exercise.replies.values()} <= headings_of(exercise)


@pytest.mark.parametrize("exercise", by_chapter(EXERCISES))
def test_exercise_has_hints_and_its_call_in_the_notebook(exercise: Exercise) -> None:
    assert len(exercise.hints) >= 2
    notebook = notebook_of(exercise)
    assert f'("{exercise.name}"' in notebook
    assert f'# hint("{exercise.name}")' in notebook or isinstance(exercise, Choice)
    if isinstance(exercise, Order):
        assert order(exercise.name, " ".join(exercise.letters)).state == "not yet"  # type: ignore[union-attr]


def test_names_are_not_given_twice() -> None:
    assert len({exercise.name for exercise in EXERCISES}) == len(EXERCISES)
