"""docs/errors.md tells where the course meets an error: as it is in Run All, section by section.

Of what kind the errors are is compared; their words differ between versions of Python and of the libraries.
"""

from collections.abc import Callable
from typing import Any

import pytest
from course import NAMES, Course
from error_index import PAGE, Met, Place, errors_in, page_of, places_on


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NAMES])
def test_the_page_has_what_run_all_meets(course_of: Callable[[str], Course], name: str) -> None:
    met: set[tuple[str, str]] = set()
    expected: set[tuple[str, str]] = set()
    sections, expecting = set(), set()
    for execution in course_of(name).reports[0].executions:
        cell = execution.cell
        sections.add(cell.section)
        if cell.section:
            found = errors_in({"output_type": kind, **content} for kind, content in execution.outputs)
            here = {(error.name, cell.section) for error in found}
            met |= here
            if "expect(" in cell.source:
                expected |= here
                expecting.add(cell.section)
    listed = {(kind, section) for kind, notebook, section in places_on(PAGE.read_text("utf-8")) if notebook == name}
    again = "python tools/error_index.py makes docs/errors.md anew"
    assert expected - listed == set(), f"met, but not on the page: {again}"
    # Elsewhere it may depend on versions, such as what nest-asyncio comes to in this ipykernel.
    gone = {(kind, section) for kind, section in listed - met if section in expecting or section not in sections}
    assert gone == set(), f"on the page, but not met: {again}"


def outputs(*texts: str) -> list[dict[str, Any]]:
    """Return what a cell prints."""
    return [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("printed", "met"),
    [
        ("TimeoutError\n    raised by line 3: async with a.b():", ["TimeoutError"]),
        ("No TimeoutError this time.", []),
        (
            "\x1b[31mE   TypeError: 'c' is no d\x1b[0m\nFAILED a.py::b - TypeError: 'c' is ...",
            ["TypeError: 'c' is no d"],
        ),
        ("ExceptionGroup: two\n    with a.b.OneError: of 3, a=1", ["ExceptionGroup: two", "a.b.OneError: of 3, a=1"]),
        (
            "RuntimeWarning: coroutine 'f' was never awaited (3,000 times)",
            ["RuntimeWarning: coroutine 'f' was never awaited"],
        ),
        ("On standard error: RuntimeError: no <X at 0x7f0> (2 times)", ["RuntimeError: no <X at 0x…>"]),
        ("In a log: ValueError: one, ValueError: two", ["ValueError: one"]),
        (
            "{('TimeoutError', '')}, {'AnError': 11}, served: 8, PoolTimeout: 12",
            ["TimeoutError", "AnError", "PoolTimeout"],
        ),
        ("{'error': 'AnError',\n  'message': 'not so'}", ["AnError: not so"]),
        ("AError: at 127.0.0.1:4711, port 80", ["AError: at 127.0.0.1:PORT, port PORT"]),
        ("AError: url='http://127.0.0.1:4711/a?b=1', d", ["AError: url='http://127.0.0.1:PORT/…', d"]),
        ("AError: 503, message='a'", ["AError: 503, message='a'"]),
        (
            "AError: Task <Task coro=<f() running at /a/b.py:2> cb=[<x>]> got Future <Future pending> attached to a b",
            ["AError: Task <…> got Future <…> attached to a b"],
        ),
        ("AError: 'await' outside (2061077238.py, line 1)", ["AError: 'await' outside"]),
        ("database is locked", ["sqlite3.OperationalError: database is locked"]),
        ("async with asyncio.TaskGroup() as group: x = ClientTimeout(total=3)", []),
    ],
)
def test_errors_are_found_in_what_a_cell_shows(printed: str, met: list[str]) -> None:
    assert [str(error) for error in errors_in(outputs(printed))] == met


@pytest.mark.unit
def test_errors_are_found_in_tables_and_tracebacks() -> None:
    table = {
        "output_type": "execute_result",
        "data": {"text/html": "<p>no</p><td>AError: &lt;b&gt;</td>", "text/plain": ""},
    }
    error = {"output_type": "error", "ename": "BError", "evalue": "port=80", "traceback": ["long"]}
    assert [str(one) for one in errors_in([table, error])] == ["AError: <b>", "BError: port=PORT"]


@pytest.mark.unit
def test_the_page_is_read_as_it_is_written() -> None:
    one, two = Place("01.ipynb", "01 One", "`await`: now"), Place("02.ipynb", "02 Two", "A section")
    long = Met("a.b.SomeError", "it | `x`")
    found = [(Met("SomeError", ""), one), (long, one), (Met("SomeError", long.message), two), (Met("AError", ""), two)]
    page = page_of(found)
    assert page.endswith(
        "| `AError` | [02 Two](../notebooks/02.ipynb): A section |\n"
        "| `` a.b.SomeError: it \\| `x` `` | [01 One](../notebooks/01.ipynb): `await`: now"
        "<br>[02 Two](../notebooks/02.ipynb): A section |\n"
    )
    assert places_on(page) == {
        ("AError", "02.ipynb", "A section"),
        ("SomeError", "01.ipynb", "`await`: now"),
        ("SomeError", "02.ipynb", "A section"),
    }
