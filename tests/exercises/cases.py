"""How the answers of a chapter's tests are written, and run.

A module `answers_NN.py` holds the two kinds of answers to the coding exercises of chapter NN:

    WRONG = [Wrong("stack-not-stairs", '''
    async def fetch_all(session, urls):
        return [fetch(session, url) for url in urls]
    ''', says="coroutine objects that nobody has run")]

    RIGHT = [Right("stack-not-stairs", '''...''')]

and `GIVEN`, the code of the notebook's earlier cells that they use. `says` is a part of what
the first finding must say, word for word.
"""

import importlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from course_sections import plain_title

from helpers.exercises import catalogue, check
from helpers.exercises.exercise import Exercise, Order
from helpers.exercises.ordering import defined, order
from helpers.exercises.panels.outcome import Outcome

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Wrong:
    """An answer that a real learner would give: a function, or for an `order` the letters of its lines."""

    name: str
    answer: str
    says: str
    tries_without_end: bool = False
    """Whether it may never end where the machine is slow: then that is the first finding, and as true."""

    def is_told(self, finding: str) -> bool:
        """Whether a first finding says what it should."""
        return self.says in finding or (self.tries_without_end and finding.startswith("It had not ended after"))


@dataclass(frozen=True)
class Right:
    """An answer that must pass."""

    name: str
    answer: str


Answer = Wrong | Right


def chapters() -> list[str]:
    """The numbers of the chapters that have answers."""
    return sorted(path.stem.removeprefix("answers_") for path in Path(__file__).parent.glob("answers_*.py"))


def wrong_answers() -> list[Wrong]:
    """All wrong answers of all chapters."""
    return [answer for chapter in chapters() for answer in importlib.import_module(f"answers_{chapter}").WRONG]


def right_answers() -> list[Right]:
    """All right answers of all chapters, with the solutions that the exercises hand out."""
    listed = [answer for chapter in chapters() for answer in importlib.import_module(f"answers_{chapter}").RIGHT]
    solutions = [
        Right(exercise.name, exercise.solution)
        for exercises in catalogue.chapters().values()
        for exercise in exercises
        if hasattr(exercise, "start")
    ]
    return listed + solutions


def by_chapter(about: Iterable[Any]) -> list[Any]:
    """Make parameters of a test, of exercises or answers, each in the group of its chapter (`--dist=loadgroup`).

    A worker that takes a group starts one bench for it; all chapters together would keep one worker busy for longer
    than all other tests do the others.
    """
    names: Counter[str] = Counter()
    parameters = []
    for each in about:
        names[each.name] += 1
        group = pytest.mark.xdist_group(f"exercises of {catalogue.chapter_of(each.name)}")
        parameters.append(pytest.param(each, id=f"{each.name}-{names[each.name]}", marks=group))
    return parameters


@cache
def text_of(chapter: str) -> str:
    """All text of a chapter's notebook."""
    (path,) = NOTEBOOKS.glob(f"{chapter}_*.ipynb")
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])


def notebook_of(exercise: Exercise) -> str:
    """All text of the notebook that an exercise belongs to."""
    return text_of(catalogue.chapter_of(exercise.name))


def headings_of(exercise: Exercise) -> set[str]:
    """What a finding may say to look at: the headings of the exercise's notebook, or nothing."""
    lines = [line for line in notebook_of(exercise).splitlines() if line[:1] == "#"]
    return {"", *(plain_title(line.lstrip("# ")).replace("`", "") for line in lines)}


def given(exercise: Exercise) -> str:
    """The code of earlier cells that answers to an exercise may use."""
    module = importlib.import_module(f"answers_{catalogue.chapter_of(exercise.name)}")
    return str(module.GIVEN)


def outcome_of(answer: Answer) -> Outcome:
    """Check the answer as a learner would."""
    exercise = catalogue.find(answer.name)
    if isinstance(exercise, Order) and "def " not in answer.answer:
        outcome = order(answer.name, answer.answer)
        assert isinstance(outcome, Outcome)
        return outcome
    function = defined(answer.answer.strip("\n"), given(exercise), f"In[{len(answer.answer)}]")
    return check(answer.name, function)
