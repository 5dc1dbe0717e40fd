"""An exercise is called as in its notebook, and what a finding says to look at is a link."""

import json
import re

import pytest

from helpers.exercises import headings
from helpers.exercises.bench.check_result import CheckResult
from helpers.exercises.catalogue import chapters
from helpers.exercises.exercise import Order
from helpers.exercises.finding import Finding
from helpers.exercises.headings import NOTEBOOKS, link_to
from helpers.exercises.ordering import _out_of_place
from helpers.exercises.panels.outcome import Outcome

CALL = re.compile(r'^(?:check|order|choose)\("([\w-]+)"', re.MULTILINE)
TITLE = re.compile(r"^### \d+\. (.*)$", re.MULTILINE)


@pytest.mark.parametrize("chapter", chapters())
def test_an_exercise_has_the_title_that_stands_over_it(chapter: str) -> None:
    (path,) = NOTEBOOKS.glob(f"{chapter}_*.ipynb")
    title, titles = "", {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        title = [title, *TITLE.findall(source)][-1]
        for name in CALL.findall(source) if cell["cell_type"] == "code" else ():
            titles.setdefault(name, title.replace("`", ""))
    assert {exercise.name: exercise.title for exercise in chapters()[chapter]} == titles


def test_what_to_look_at_is_a_link_to_the_cell_of_that_heading(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    cells = [
        {"cell_type": "markdown", "id": "one", "source": ["# Title\n", "\n", "## Look `here`, and there · core\n"]},
        {"cell_type": "markdown", "id": "two", "source": ["### With limit=0 · more"]},
    ]
    (tmp_path / "04_a_notebook.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "05_broken.ipynb").write_text("{", encoding="utf-8")
    monkeypatch.setattr(headings, "NOTEBOOKS", tmp_path)
    assert link_to("stack-not-stairs", "Look here, and there") == "04_a_notebook.ipynb#cell-id=one"
    assert link_to("stack-not-stairs", "With `limit=0`") == "04_a_notebook.ipynb#cell-id=two"
    others = [("stack-not-stairs", "Elsewhere"), ("stack-not-stairs", ""), ("no-such", "Title"), ("a-script", "Title")]
    assert [link_to(*other) for other in others] == [""] * 4

    finding = Finding("It was seen.", "It means that.", "Look here, and there")
    shown = Outcome("stack-not-stairs", "Repair", "again", CheckResult([finding]))._repr_html_()
    assert re.search(r'Look at: <a href="04_a_notebook.ipynb#cell-id=one"[^>]*><i>Look here, and there</i></a>', shown)
    missing = Outcome("no-such", "Repair", "again", CheckResult([finding]))._repr_html_()
    assert "Look at: <i>Look here, and there</i>" in missing


def test_a_line_at_another_depth_is_said_to_be_indented_too_far_or_not_far_enough() -> None:
    exercise = next(one for one in chapters()["00"] if isinstance(one, Order))
    right = exercise.right_orders[0]
    deep = next(at for at, (_, depth) in enumerate(right) if depth == 1)
    too_far = [*right[:deep], (right[deep][0], 2), *right[deep + 1 :]]
    not_enough = [*right[:deep], (right[deep][0], 0), *right[deep + 1 :]]
    assert "is in its place, but indented too far." in _out_of_place(exercise, too_far).seen
    assert "is in its place, but not indented far enough." in _out_of_place(exercise, not_enough).seen
