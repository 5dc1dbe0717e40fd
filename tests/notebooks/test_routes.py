"""Every plan for a class fits into its minutes, and runs from where it enters a chapter."""

import json
import re
from pathlib import Path

import pytest
from cells import Cell, code_cells
from course_sections import Section, chapter_minutes
from kernel_runner import run_notebook
from routes import TEACHING, minutes_of, plans, sections_of

ROOT = Path(__file__).parents[2]
PLANS = plans()
ENTERED = sorted({stop.chapter for _, stops in PLANS.values() for stop in stops if stop.titles})


def test_there_are_plans() -> None:
    assert {minutes for minutes, _ in PLANS.values()} == {45, 90}
    assert ENTERED


@pytest.mark.unit
@pytest.mark.parametrize("name", PLANS)
def test_a_plan_fits_into_its_minutes(name: str) -> None:
    minutes, stops = PLANS[name]
    assert sum(stop.minutes for stop in stops) <= minutes
    assert minutes_of(stops) <= minutes


@pytest.mark.parametrize("chapter", ENTERED)
def test_the_sections_of_a_plan_run_without_the_others(notebooks_copy: Path, chapter: str) -> None:
    titles = {
        title for _, stops in PLANS.values() for stop in stops if stop.chapter == chapter for title in stop.titles
    }
    head, *parts = sections_of(chapter)
    wanted = ids_of([head, *(part for part in parts if part.title in titles)])
    (notebook,) = notebooks_copy.glob(f"{chapter}_*.ipynb")

    def of_the_plan(cells: list[Cell]) -> list[Cell]:
        return [cell for cell in cells if cell.id in wanted]

    report = run_notebook(notebook, of_the_plan)
    if report.faults:
        pytest.fail(str(report), pytrace=False)
    assert len(report.executions) == len(of_the_plan(list(code_cells(notebook)))) > 0


@pytest.mark.unit
@pytest.mark.parametrize(
    "told", re.findall(r"\b(\d\d[a-z]?), ((?:\"[^\"]+\",? ?)+)", TEACHING.read_text("utf-8")), ids=str
)
def test_a_section_that_is_named_to_teachers_is_there(told: tuple[str, str]) -> None:
    chapter, titles = told
    there = [part.title for part in sections_of(chapter)]
    assert [title for title in re.findall(r"\"([^\"]+)\"", titles) if not any(title in each for each in there)] == []


@pytest.mark.unit
def test_the_readme_says_the_minutes_of_every_chapter() -> None:
    rows = re.findall(
        r"^\| \[.+?\]\(notebooks/(.+?)\) \| (\d+) \| (\d+) \| (\d*) \|", (ROOT / "README.md").read_text("utf-8"), re.M
    )
    said = {name: (int(core), int(exercises), int(more or 0)) for name, core, exercises, more in rows}
    counted = {
        path.name: chapter_minutes(json.loads(path.read_text("utf-8"))["cells"])
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    }
    assert said == counted


def ids_of(parts: list[Section]) -> set[str]:
    return {cell["id"] for part in parts for cell in part.cells}
