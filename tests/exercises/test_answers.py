"""Every wrong answer gets the feedback that it must get; every right one passes; a stub is not yet an answer."""

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from cases import Right, Wrong, by_chapter, given, outcome_of, right_answers, wrong_answers
from course_sections import plain_title
from page_rules import requests_without_timeout

from helpers.exercises import catalogue, check, choose, order
from helpers.exercises.exercise import Choice, Coding, Exercise, Order
from helpers.exercises.finding import Finding
from helpers.exercises.ordering import defined
from helpers.exercises.panels.outcome import Outcome

WRONG, RIGHT = wrong_answers(), right_answers()
EXERCISES = [exercise for exercises in catalogue.chapters().values() for exercise in exercises]
CODING = [exercise for exercise in EXERCISES if isinstance(exercise, Coding)]
CHOICES = [exercise for exercise in EXERCISES if isinstance(exercise, Choice)]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@cache
def text_of(chapter: str) -> str:
    """All text of a chapter's notebook."""
    (path,) = NOTEBOOKS.glob(f"{chapter}_*.ipynb")
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])


def notebook_of(exercise: Exercise) -> str:
    """All text of the notebook that an exercise belongs to."""
    return text_of(catalogue.chapter_of(exercise.name))


def look_somewhere(findings: Iterable[Finding], exercise: Exercise) -> None:
    """What findings say to look at must be a heading of the exercise's notebook."""
    lines = [line for line in notebook_of(exercise).splitlines() if line[:1] == "#"]
    headings = [plain_title(line.lstrip("# ")).replace("`", "") for line in lines]
    assert {finding.look for finding in findings} <= {"", *headings}


@pytest.mark.parametrize("answer", by_chapter(WRONG))
def test_wrong_answer_gets_its_feedback(answer: Wrong) -> None:
    outcome = outcome_of(answer)
    assert outcome.state == "again"
    assert answer.says in str(outcome.findings[0])
    assert 1 <= len(outcome.findings) <= 2
    look_somewhere(outcome.findings, catalogue.find(answer.name))


@pytest.mark.parametrize("answer", by_chapter(RIGHT))
def test_right_answer_passes(answer: Right) -> None:
    outcome = outcome_of(answer)
    assert outcome.state == "done", str(outcome)
    assert outcome.sentence and outcome.run is not None


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
    look_somewhere(exercise.replies.values(), exercise)


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
