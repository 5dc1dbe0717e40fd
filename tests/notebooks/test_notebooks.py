"""Every notebook of the course runs in a fresh kernel, in three orders, and leaves nothing behind."""

from pathlib import Path

import pytest
from cells import NOTEBOOKS, ORDERS
from kernel_runner import run_notebook

NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


def test_the_course_has_notebooks() -> None:
    assert NAMES


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs_without_a_fault(notebooks_copy: Path, name: str, order: str) -> None:
    report = run_notebook(notebooks_copy / name, ORDERS[order])
    if report.faults:
        pytest.fail(str(report), pytrace=False)
    print(report)  # how long each cell took: `pytest -rP` shows it


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_committed_without_outputs(name: str) -> None:
    text = (NOTEBOOKS / name).read_text(encoding="utf-8")
    assert '"output_type"' not in text, f"{name} holds outputs: clear them before committing"
