"""Every rule lets a good notebook pass and finds its breach in a bad one; so does the formatter."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import notebook_rules as rules
import pytest
from format_notebooks import formatted


def code(text: str, **given: Any) -> dict[str, Any]:
    """Return a code cell as an author leaves it."""
    plain = {"cell_type": "code", "id": "measure-it", "metadata": {"slideshow": {"slide_type": "slide"}}}
    return plain | {"execution_count": None, "outputs": [], "source": text} | given


def markdown(text: str, **given: Any) -> dict[str, Any]:
    """Return a Markdown cell as an author leaves it."""
    plain = {"cell_type": "markdown", "id": "title", "metadata": {"slideshow": {"slide_type": "slide"}}}
    return plain | {"source": text} | given


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook of these cells."""
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


GOOD = notebook(markdown("# Waiting\n\n## Once\n\n![a clock](clock.png)"), code("import sys\n" * 15))

IN_NOTES = {"slideshow": {"slide_type": "notes"}, "tags": ["instructor"]}
NOT_IN_NOTES = {"slideshow": {"slide_type": "slide"}, "tags": ["instructor"]}


@pytest.mark.parametrize(
    ("rule", "bad", "named"),
    [
        (rules.long_cells, notebook(code("x\n" * 16)), "measure-it: 16 lines"),
        (rules.servers_left, notebook(code("await site.start()\nawait runner.cleanup()")), "measure-it: `cleanup()`"),
        (rules.meaningless_ids, notebook(code("x", id="1f00ab9c")), "1f00ab9c"),
        (rules.meaningless_ids, notebook(code("x", id="4a0e5d3c-9b1f-4a7e-8d55-0123456789ab")), "4a0e5d3c"),
        (rules.meaningless_ids, notebook(code("x", id="cell-7")), "cell-7"),
        (rules.meaningless_ids, notebook({"cell_type": "raw", "metadata": {}, "source": ""}), "without an id"),
        (rules.meaningless_ids, notebook(code("x"), code("y")), "two cells"),
        (rules.missing_slides, notebook(code("x", metadata={})), "slide type None"),
        (rules.missing_slides, notebook(markdown("<details>x", metadata=NOT_IN_NOTES)), "instructor"),
        (rules.missing_slides, notebook(markdown("x", metadata=IN_NOTES)), "folded"),
        (rules.path_tricks, notebook(code("import sys; sys.path.append('..')")), "sys.path"),
    ],
)
def test_rule_for_notebooks(rule: Callable[[rules.Notebook], list[str]], bad: rules.Notebook, named: str) -> None:
    assert rule(GOOD) == []
    (breach,) = rule(bad)
    assert named in breach


@pytest.mark.parametrize(
    ("rule", "bad", "named"),
    [
        (rules.heading_breaches, "no title", "no heading"),
        (rules.heading_breaches, "## Two\n", "not of level 1"),
        (rules.heading_breaches, "# One\n# Another", "second heading of level 1"),
        (rules.heading_breaches, "# One\n### Three", "level 3 follows level 1"),
        (rules.images_without_alt, "![](clock.png)", "clock.png"),
        (rules.images_without_alt, '<img src="clock.png">', "clock.png"),
        (rules.images_without_alt, '<img src="clock.png" alt="">', "clock.png"),
        (rules.vague_links, "see [here](README.md)", "README.md"),
    ],
)
def test_rule_for_pages(rule: Callable[[str], list[str]], bad: str, named: str) -> None:
    assert rule("# Good\n\n```python\n# a comment\n```\n\n![a clock](c.png) <img alt='' alt=\"x\"> [Docs](d.md)") == []
    (breach,) = rule(bad)
    assert named in breach


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with two notebooks and a page; return the path of the first notebook."""
    for name in ("one", "two"):
        text = json.dumps(notebook(markdown(f"# Chapter {name}\n\n## `await` it")))
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (tmp_path / "page.md").write_text("# Page\n\n## What, then?\n", encoding="utf-8")
    return tmp_path / "one.ipynb"


@pytest.mark.parametrize(
    "link",
    ["two.ipynb", "two.ipynb#await-it", "#Chapter-one", "page.md#what-then", "https://docs.python.org", "./page.md"],
)
def test_link_that_leads_somewhere(course: Path, link: str) -> None:
    assert rules.broken_links(course, f'[a]({link}) <a href="{link}">b</a>') == []


@pytest.mark.parametrize(
    "link",
    ["three.ipynb", "two.ipynb#await", "#Chapter-two", "page.md#What,-then?", "/page.md", "../page.md"],
)
def test_link_that_leads_nowhere(course: Path, link: str) -> None:
    (breach,) = rules.broken_links(course, f"[a]({link})")
    assert link in breach
    (breach,) = rules.broken_links(course, f'<a href="{link}">b</a>')
    assert link in breach


def test_links_in_code(course: Path) -> None:
    code_cell = 'Markdown("[Two](two.ipynb), [Three](three.ipynb)"); table["f"](value)'
    assert rules.broken_links(course, "", code_cell) == ["three.ipynb: no such file beside one.ipynb"]


def test_formatter_keeps_what_the_author_set() -> None:
    metadata = {"slideshow": {"slide_type": "fragment"}, "tags": ["instructor"], "jupyter": {"source_hidden": True}}
    clean = json.loads(formatted(json.dumps(notebook(code("x\n\ny", metadata=metadata)))))
    assert clean["cells"][0]["metadata"] == metadata
    assert clean["cells"][0]["id"] == "measure-it"
    assert clean["cells"][0]["source"] == ["x\n", "\n", "y"]


def test_formatter_drops_the_traces_of_a_run() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "é"}
    traces = {
        "execution": {"iopub.status.busy": "now"},
        "scrolled": True,
        "tags": [],
        "jupyter": {"outputs_hidden": True},
    }
    used = notebook(code("print('é')\n\n", execution_count=3, outputs=[stream], metadata=traces))
    used["metadata"] = {"kernelspec": {"name": "my-venv", "display_name": "Mine"}, "widgets": {}}
    text = formatted(json.dumps(used))
    clean = json.loads(text)
    assert clean["cells"] == [code(["print('é')"], metadata={})]
    assert clean["metadata"]["kernelspec"]["name"] == "python3"
    assert "é" in text and text.endswith("}\n") and not text.endswith("\n\n")
    assert formatted(text) == text


def test_formatter_names_cells_after_their_section() -> None:
    cells = [
        markdown("# Waiting, measured", id="0a1b2c3d"),
        code("x", id="4a0e5d3c-9b1f-4a7e-8d55-0123456789ab"),
        code("y", id="kept"),
        code("z", id="kept"),
        markdown("## Once", id="waiting-measured-2"),
    ]
    del cells[0]["id"]
    names = [cell["id"] for cell in json.loads(formatted(json.dumps(notebook(*cells))))["cells"]]
    assert names == ["waiting-measured", "waiting-measured-3", "kept", "waiting-measured-4", "waiting-measured-2"]


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 3}'])
def test_formatter_refuses_what_is_no_notebook(text: str) -> None:
    with pytest.raises(ValueError):
        formatted(text)


def test_formatter_refuses_a_faulty_notebook() -> None:
    from nbformat import ValidationError  # takes two seconds, which no worker should spend on collecting

    with pytest.raises(ValidationError, match="not allowed!"):
        formatted(json.dumps(notebook(code("x", id="not allowed!"))))
