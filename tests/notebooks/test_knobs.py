"""Every printed knob does what the page says, and no recap becomes false by it.

They are turned in the kernel in which test_notebooks.py runs the notebook, for which they share its group.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cells import NOTEBOOKS, Cell, markdown_cells, once
from course import KNOBS, NAMES, Course
from kernel_runner import run_notebook
from kernel_session import Execution, KernelSession
from knobs import FOLDER, Change, Knob, Turned, read_knobs, turn_all, turned_cells, unnamed, wrong_with
from shown import said, shown_by

PRINTED = re.compile(r"\*\*Turn a knob\b")


@pytest.mark.unit
@pytest.mark.parametrize("name", NAMES)
def test_every_printed_knob_is_listed_and_no_other(name: str) -> None:
    printed = {cell for cell, text in markdown_cells(NOTEBOOKS / name).items() if PRINTED.search(text)}
    assert {knob.told for knob in KNOBS if knob.notebook == name} == printed


@pytest.mark.unit
def test_every_knob_file_names_a_notebook() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} <= {Path(name).stem for name in NAMES}


@pytest.mark.unit
@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.id)
def test_what_a_knob_changes_is_there_and_named_by_the_page(knob: Knob) -> None:
    turned, intact, _ = turned_cells(knob, NOTEBOOKS / knob.notebook)
    assert turned != intact
    assert unnamed(knob, markdown_cells(NOTEBOOKS / knob.notebook)[knob.told]) == []


@pytest.mark.parametrize(
    "knob",
    [pytest.param(knob, id=knob.id, marks=pytest.mark.xdist_group(knob.notebook)) for knob in KNOBS if not knob.skip],
)
def test_a_knob_does_what_the_page_says(course_of: Callable[[str], Course], knob: Knob) -> None:
    turned = course_of(knob.notebook).turned.get(knob)
    assert turned is not None, "the kernel did not get to it"
    if wrong := wrong_with(knob, turned):
        pytest.fail(f"{knob}\n{wrong}", pytrace=False)


EXAMPLE = """
[[knob]]
told = "words"
cell = "cell-2"
old = "range(10)"
new = "range(3)"
rerun = ["cell-3"]
true = "len(squares) == 3 and said['cell-4'] == 'the last is 4' and 'of 3' in said['cell-3']"
"""
EXAMPLE_CELLS = (
    "from IPython.display import HTML, Markdown",
    "squares = [n * n for n in range(10)]",
    "HTML(f'<p>of <b>{len(squares)}</b> numbers</p><img alt=\"a chart\">')",
    "Markdown(f'the last is {squares[-1]}')",
)


@pytest.fixture
def example(make_notebook: Callable[..., Path]) -> tuple[Path, Knob]:
    """A notebook of four cells, the last one its recap, and its knob."""
    notebook = make_notebook(*EXAMPLE_CELLS)
    content = json.loads(notebook.read_text(encoding="utf-8"))
    heading = {"cell_type": "markdown", "id": "end", "metadata": {}, "source": "## In short"}
    content["cells"].insert(3, heading)
    notebook.write_text(json.dumps(content), encoding="utf-8")
    toml = notebook.with_suffix(".toml")
    toml.write_text(EXAMPLE, encoding="utf-8")
    (knob,) = read_knobs(toml)
    return notebook, knob


def test_a_false_knob_is_found_out(example: tuple[Path, Knob]) -> None:
    notebook, knob = example
    false = {
        "": knob,
        r"not true: .*\nsaid\['cell-4'\] is 'the last is 4'": replace(knob, true="said['cell-4'] == 'the last is 81'"),
        "not true: .*\n.*KeyError": replace(knob, true="said['cell-9']"),
        "ZeroDivisionError(?s:.*)not true": replace(knob, changes=(Change("cell-2", "n * n", "n / 0"),), true="0"),
        r"\[stderr\]": replace(
            knob, changes=(Change("cell-2", "squares =", "import warnings; warnings.warn('x')\nsquares ="),)
        ),
        "the first card says that this was changed: ''": replace(knob, card="range(10) -> range(3)"),
    }
    turned: dict[Knob, Turned] = {}

    def between(kernel: KernelSession, executions: Sequence[Execution]) -> None:
        turn_all(kernel, list(false.values()), notebook, said(executions), turned)
        assert kernel.evaluate("len(squares)") == 10, "everything was put back"

    assert run_notebook(notebook, once, between=between).faults == []
    for found, one in false.items():
        wrong = wrong_with(one, turned[one])
        assert re.search(found, wrong) if found else wrong == "", wrong


def test_a_recap_that_becomes_false_is_found_out(example: tuple[Path, Knob]) -> None:
    notebook, knob = example
    text = notebook.read_text(encoding="utf-8").replace("{squares[-1]}", "81")
    notebook.write_text(text, encoding="utf-8")
    turned: dict[Knob, Turned] = {}
    run_notebook(notebook, between=lambda kernel, _: turn_all(kernel, [knob], notebook, {}, turned))
    assert "said['cell-4'] is 'the last is 81'" in wrong_with(knob, turned[knob])


def test_a_knob_is_put_back_before_the_next_unless_that_runs_the_same_cells(example: tuple[Path, Knob]) -> None:
    notebook, knob = example
    same = replace(knob, changes=(Change("cell-2", "range(10)", "range(5)"),), true="len(squares) == 5")
    other = replace(knob, changes=(Change("cell-3", "of", "of all"),), rerun=(), true="len(squares) == 10")
    not_there = replace(knob, changes=(Change("cell-9", "1", "2"),))
    knobs, turned = [knob, same, not_there, other, replace(same, card="range(3) -> range(5)")], dict[Knob, Turned]()
    run_notebook(notebook, between=lambda kernel, _: turn_all(kernel, knobs, notebook, {}, turned))
    assert [wrong_with(one, turned[one]) for one in (knob, same, other)] == ["", "", ""]
    assert [len(seen.put_back) for seen in turned.values()] == [0, 2, 1, 2]


@pytest.mark.unit
def test_what_a_cell_shows_is_read_as_the_learner_reads_it() -> None:
    page = "<style>b{}</style><p>3&nbsp;<b>ms</b> &lt; 4</p><table><tr><td>a</td><td>b</td></tr></table>"
    shown = [
        ("stream", {"name": "stdout", "text": "prin"}),
        ("stream", {"name": "stdout", "text": "ted\n"}),
        ("display_data", {"data": {"text/plain": "first"}, "transient": {"display_id": "x"}}),
        ("execute_result", {"data": {"text/plain": "not shown", "text/html": f"{page}<img alt='a chart' src=''>"}}),
        ("update_display_data", {"data": {"text/plain": "then"}, "transient": {"display_id": "x"}}),
        ("error", {"ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31mat line 3\x1b[0m"]}),
    ]
    assert (
        shown_by(Execution(Cell("cell-1", 1, ""), shown))
        == "printed\nthen\n3 ms < 4\na b\na chart\nat line 3\nValueError: no"
    )


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "page", "missing"),
    [
        ("delay=0.1", "delay=0.02", "Change `delay=0.1` to `delay=0.02`.", []),
        ("delay=0.1", "delay=0.02", "Make the delay a fifth.", ["0.02"]),
        ("codes", "codes + codes", "Double the list (`codes + codes`).", []),
        ("range(10_000)", "range(1_000)", "Ask for 1,000.", []),
        ("with a as b:", "async with a.other() as b:", "Write `async with`.", ["other"]),
    ],
)
def test_what_is_typed_is_named_by_the_page(old: str, new: str, page: str, missing: list[str]) -> None:
    knob = Knob("00.ipynb", "words", (Change("cell-1", old, new),), None, "True", "", False, "")
    assert unnamed(knob, page) == missing


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("told =", "tld =", "the keys must be"),
        ('rerun = ["cell-3"]', "also = [{ cell = 'cell-3' }]", "also: the keys must be"),
        ("true = ", 'skip = "why"\ntrue = ', "it needs `true`, or `skip`"),
        ("range(10)", "range(11)", "does not occur in cell 'cell-2'"),
        ('"cell-3"', '"cell-9"', "has no code cell 'cell-9'"),
    ],
)
def test_a_knob_with_a_fault_is_refused(example: tuple[Path, Knob], old: str, new: str, says: str) -> None:
    notebook, _ = example
    toml = notebook.with_suffix(".toml")
    toml.write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        for knob in read_knobs(toml):
            turned_cells(knob, notebook)


@pytest.mark.unit
def test_without_rerun_the_rest_of_the_section_is_run(example: tuple[Path, Knob]) -> None:
    notebook, knob = example
    order, _, recap = turned_cells(replace(knob, rerun=None), notebook)
    assert ([cell.id for cell in order], [cell.id for cell in recap]) == (["cell-2", "cell-3"], ["cell-4"])
    both = replace(knob, changes=(*knob.changes, Change("cell-1", "HTML, ", "HTML , ")))
    order, _, _ = turned_cells(both, notebook)
    assert [cell.id for cell in order] == ["cell-1", "cell-2", "cell-3"]
