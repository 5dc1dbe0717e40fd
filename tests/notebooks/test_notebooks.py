"""Every notebook runs in a fresh kernel: Run All, then all of it again, shuffled. It leaves nothing behind.

During Run All each pass sign is asked for where the learner sees it: as soon as the last of its cells has run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from cells import NOTEBOOKS, code_cells, once, then_shuffled
from kernel_runner import Report, run_notebook
from kernel_session import Judged
from signs import Sign, all_signs, asked_at

from helpers import archive

NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
TWO_DAYS = {"00_start_here.ipynb", "02_measuring_latency.ipynb"}
SIGNS = all_signs()


@dataclass(frozen=True)
class Course:
    """What came of a notebook: a report for each order of its cells, and what the history then held."""

    reports: Sequence[Report]
    sessions: int
    notice: str

    def judged(self, sign: Sign) -> Judged | None:
        """Return what the first Run All said of a sign; None where the notebook did not get there."""
        found = [execution.judged.get(sign.true) for execution in self.reports[0].executions]
        return next(filter(None, found), None)


@pytest.fixture(scope="session")
def course_of(notebooks_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Course]:
    """Run a notebook of that name once, for all tests that read what came of it."""

    @cache
    def course_of(name: str) -> Course:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path_factory.mktemp("history") / "history.sqlite"))
            # The shuffled half finds the runs of the first. A kernel before this one costs half as much again, so only
            # the chapters that speak of earlier days have one.
            orders = [once, then_shuffled] if name in TWO_DAYS else [then_shuffled]
            notebook, signs = notebooks_copy / name, [sign for sign in SIGNS if sign.notebook == name]
            asked = asked_at(signs, code_cells(notebook))
            reports = [run_notebook(notebook, order, asked=asked) for order in orders]
            return Course(reports, len({run.session for run in archive.all_runs()}), archive.take_notice())

    return course_of


def test_the_course_has_notebooks() -> None:
    assert NAMES


# Each in a group of its own: together they would keep one worker busy for longer than all other tests do the others.
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NAMES])
def test_notebook_runs_without_a_fault(course_of: Callable[[str], Course], name: str) -> None:
    course = course_of(name)
    for report in course.reports:
        if report.faults:
            pytest.fail(str(report), pytrace=False)
        print(report)  # how long each cell took: `pytest -rP` shows it
    assert course.sessions >= len(course.reports)
    assert course.notice == ""


@pytest.mark.parametrize(
    "sign",
    [pytest.param(sign, id=sign.id, marks=pytest.mark.xdist_group(sign.notebook)) for sign in SIGNS if sign.true],
)
def test_sign_is_seen_in_run_all(course_of: Callable[[str], Course], sign: Sign) -> None:
    judged = course_of(sign.notebook).judged(sign)
    assert judged is not None, "Run All did not get to it"
    if not judged.holds:
        pytest.fail(f"{sign}: not true: {sign.true}\n{judged.why}", pytrace=False)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_committed_without_outputs(name: str) -> None:
    text = (NOTEBOOKS / name).read_text(encoding="utf-8")
    assert '"output_type"' not in text, f"{name} holds outputs: clear them before committing"
