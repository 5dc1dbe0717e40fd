"""Every notebook runs in a fresh kernel: Run All, then all of it again, shuffled. It leaves nothing behind."""

from pathlib import Path

import pytest
from cells import NOTEBOOKS, once, then_shuffled
from kernel_runner import run_notebook

from helpers import archive

NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
TWO_DAYS = {"00_start_here.ipynb", "02_measuring_latency.ipynb"}


def test_the_course_has_notebooks() -> None:
    assert NAMES


# Each in a group of its own: together they would keep one worker busy for longer than all other tests do the others.
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NAMES])
def test_notebook_runs_without_a_fault(notebooks_copy: Path, name: str) -> None:
    # The shuffled half finds the runs of the first. A kernel before this one costs half as much again, so only the
    # chapters that speak of earlier days have one.
    orders = [once, then_shuffled] if name in TWO_DAYS else [then_shuffled]
    for order in orders:
        report = run_notebook(notebooks_copy / name, order)
        if report.faults:
            pytest.fail(str(report), pytrace=False)
        print(report)  # how long each cell took: `pytest -rP` shows it
    assert len({run.session for run in archive.all_runs()}) >= len(orders)
    assert archive.take_notice() == ""


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_committed_without_outputs(name: str) -> None:
    text = (NOTEBOOKS / name).read_text(encoding="utf-8")
    assert '"output_type"' not in text, f"{name} holds outputs: clear them before committing"
