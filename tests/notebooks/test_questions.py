"""docs/questions.md leads to sections that exist, from every chapter, by the words that people search for."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from cells import NOTEBOOKS

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
ROW = re.compile(r"^\| (?P<question>.+?) \| (?P<places>\[.+) \|$", re.MULTILINE)
PLACE = re.compile(r"\[(?P<chapter>[^\]]+)\]\(\.\./notebooks/(?P<notebook>[^)]+)\): (?P<heading>.+?)(?=<br>|$)")
WORDS = [
    *["parallel", "as fast as possible", "response time", "elapsed", "load test", "thread-safe", "CPU-bound"],
    *["executor", "scrape", "time.sleep", "keepalive", "reconnect", "background job"],
]
"""What people ask by, of which the course's own text had none: each has to lead somewhere."""

pytestmark = pytest.mark.unit


@cache
def rows() -> dict[str, list[tuple[str, str, str]]]:
    """Return each question with the chapter, notebook and heading of its places."""
    found = ROW.findall(PAGE.read_text("utf-8"))
    assert len({question for question, _ in found}) == len(found), "a question stands twice"
    return {question: PLACE.findall(places) for question, places in found}


@cache
def headings_of(notebook: str) -> list[str]:
    """Return the headings of a notebook, its title first, without their marks."""
    cells = json.loads((NOTEBOOKS / notebook).read_text("utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"^#+ (.+?)(?: · (?:core|more))? *$", text, re.MULTILINE)


def test_every_line_of_a_table_is_read() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line == "| question | chapter: section |"]
    assert len(lines) == len(rows()) + len(heads)
    assert all(rows().values())


def test_every_question_leads_to_a_section() -> None:
    astray = [
        f"{question}: {heading}"
        for question, places in rows().items()
        for chapter, notebook, heading in places
        if heading not in headings_of(notebook) or chapter != headings_of(notebook)[0]
    ]
    assert astray == []


def test_every_chapter_answers_some() -> None:
    led_to = {notebook for places in rows().values() for _, notebook, _ in places}
    assert led_to == {path.name for path in NOTEBOOKS.glob("*.ipynb")}


@pytest.mark.parametrize("word", WORDS)
def test_the_words_that_people_search_for_are_there(word: str) -> None:
    assert [question for question in rows() if re.search(re.escape(word), question, re.IGNORECASE)]
