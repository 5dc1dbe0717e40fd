"""Every sentence that says never, always, every ... is listed with how it is known to be true; see statements.py."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from cells import NOTEBOOKS, code_cells, markdown_cells
from course import KNOBS, NAMES, SIGNS, Course
from shown import shown_by
from statements import FOLDER, Statement, all_statements, counted, general, one_line, read_statements, sentences

ROOT = Path(__file__).parents[2]
STATEMENTS = all_statements()


@pytest.mark.unit
@pytest.mark.parametrize("name", NAMES)
def test_every_general_sentence_is_listed(name: str) -> None:
    words = [statement.words for statement in STATEMENTS if statement.notebook == name]
    missing = [
        f"{cell}: {sentence}"
        for cell, page in markdown_cells(NOTEBOOKS / name).items()
        for sentence in general(page)
        if not any(some in sentence for some in words)
    ]
    if missing:
        pytest.fail(f"{len(missing)} sentences are not in statements/{name[:-6]}.toml:\n" + "\n".join(missing), False)


@pytest.mark.unit
def test_counts_are_found() -> None:
    assert counted("Nothing came. No answer was a 429. **Ten** of the pages had no name. Was one request lost?") == [
        "No answer was a 429.",
        "**Ten** of the pages had no name.",
    ]


@pytest.mark.unit
@pytest.mark.parametrize("name", NAMES)
def test_every_count_that_is_told_below_a_cell_is_listed(name: str) -> None:
    words = [statement.words for statement in STATEMENTS if statement.notebook == name]
    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    missing = [
        f"{cell['id']}: {sentence}"
        for before, cell in pairwise(cells)
        if (before["cell_type"], cell["cell_type"]) == ("code", "markdown") and not cell["id"].startswith("your-turn")
        for sentence in counted("".join(cell["source"]))
        if not any(some in sentence for some in words)
    ]
    if missing:
        pytest.fail(f"{len(missing)} counts are not in statements/{name[:-6]}.toml:\n" + "\n".join(missing), False)


@pytest.mark.unit
def test_every_file_of_statements_names_a_notebook() -> None:
    assert {f"{path.stem}.ipynb" for path in FOLDER.glob("*.toml")} <= set(NAMES)


@pytest.mark.unit
@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_on_the_page_and_its_proof_exists(name: str) -> None:
    pages = markdown_cells(NOTEBOOKS / name)
    wrong = [why for one in STATEMENTS if one.notebook == name for why in wrong_with(one, pages)]
    if wrong:
        pytest.fail("\n".join(wrong), False)


def wrong_with(statement: Statement, pages: dict[str, str]) -> list[str]:
    """Return what is wrong with an entry: its words are not there, or do not tell which sentence; there is no proof."""
    where = [page for page in pages.values() if statement.words in one_line(page)]
    meant = {sentence for page in where for sentence in sentences(page) if statement.words in sentence}
    wrong = [] if where else ["these words stand nowhere"]
    if len(meant) > 1:
        wrong.append(f"these words stand in {len(meant)} sentences")
    if not has_proof(statement, where):
        wrong.append(f"there is no such {statement.kind}: {statement.proof}")
    return [f"{statement.words!r}: {why}" for why in wrong]


def has_proof(statement: Statement, where: list[str]) -> bool:
    """Tell whether what an entry names as its proof is there. `where`: the Markdown cells that hold its words."""
    name, proof = statement.notebook, statement.proof
    match statement.kind:
        case "sign":
            return proof in {sign.name for sign in SIGNS if sign.notebook == name}
        case "knob":
            return proof in {knob.told for knob in KNOBS if knob.notebook == name and not knob.skip}
        case "output":
            return statement.output[0] in {cell.id for cell in code_cells(NOTEBOOKS / name)}
        case "link":
            return proof.startswith("https://") and any(
                re.search(re.escape(proof) + r"(?![^\s)>\"])", p) for p in where
            )
        case "test":
            path, _, function = proof.partition("::")
            file = ROOT / path
            wanted = rf"^(async )?def {re.escape(function)}\("
            return file.is_file() and bool(re.search(wanted, file.read_text(encoding="utf-8"), re.MULTILINE))
    return True


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(one, id=one.id, marks=pytest.mark.xdist_group(one.notebook))
        for one in STATEMENTS
        if one.kind == "output"
    ],
)
def test_a_cell_shows_what_proves_a_statement(course_of: Callable[[str], Course], statement: Statement) -> None:
    cell, text = statement.output
    shown = [shown_by(one) for one in course_of(statement.notebook).reports[0].executions if one.cell.id == cell]
    assert text in one_line(next(iter(shown), ""))


PAGE = """## A task never waits · core

One task
runs. The *others* must wait, `all(any(x))` of them. Is `None` (none) at work?

- an item, and every
  line of it
- another
| what | who |
|---|---|
| cannot \\| wait | everybody. Always. |

```python
never = "code"
```
<details><summary>Nobody knows.</summary>

**It is only one.** And [any](https://example.org/a#b) link.
</details>
"""
GENERAL_ONES = [
    "## A task never waits · core",
    "The *others* must wait, `all(any(x))` of them.",
    "Is `None` (none) at work?",
    "- an item, and every line of it",
    "cannot \\| wait",
    "everybody.",
    "Always.",
    "Nobody knows.",
    "**It is only one.**",
    "And [any](https://example.org/a#b) link.",
]


@pytest.mark.unit
def test_general_sentences_are_found() -> None:
    assert general(PAGE) == GENERAL_ONES
    assert "One task runs." in list(sentences(PAGE))
    assert general("`any(x)` and anybody, onlyness, Everything.") == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("words", "how", "says"),
    [
        ("never waits", "advice", ""),
        ("others* must wait", "sign: no such sign", "there is no such sign"),
        ("others* must wait", f"sign: {SIGNS[0].name}", ""),
        ("others* must wait", "knob: no-such-knob", "there is no such knob"),
        ("others* must wait", "output no-such-cell: text", "there is no such output"),
        ("And [any]", "link https://example.org/a#b", ""),
        ("And [any]", "link https://example.org/a", "there is no such link"),
        ("And [any]", "test tests/notebooks/test_statements.py::wrong_with", ""),
        ("And [any]", "test tests/notebooks/test_statements.py::wrong", "there is no such test"),
        ("And [any]", "test tests/none.py::wrong", "there is no such test"),
        ("wait", "code", "these words stand in 3 sentences"),
        ("One task runs. The *others*", "code", ""),
        ("not there", "code", "these words stand nowhere"),
    ],
)
def test_a_useless_statement_is_found_out(tmp_path: Path, words: str, how: str, says: str) -> None:
    path = tmp_path / SIGNS[0].notebook.replace(".ipynb", ".toml")
    path.write_text(f"{json.dumps(words)} = {json.dumps(how)}", encoding="utf-8")
    (statement,) = read_statements(path)
    wrong = wrong_with(statement, {"cell": PAGE})
    assert (len(wrong) == 1 and says in wrong[0]) if says else wrong == []


@pytest.mark.unit
@pytest.mark.parametrize("how", ["adv", "advice!", "sign:", "output cell text", "output cell: ", "link", "1"])
def test_an_entry_that_does_not_say_how_is_refused(tmp_path: Path, how: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(f'"words" = "{how}"', encoding="utf-8")
    with pytest.raises(ValueError, match="is none of sign:"):
        read_statements(path)
