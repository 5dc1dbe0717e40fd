"""Every notebook runs in a fresh kernel: Run All, then all of it again, shuffled. It leaves nothing behind.

During Run All each pass sign is asked for where the learner sees it: as soon as the last of its cells has run.
"""

from collections.abc import Callable

import pytest
from cells import NOTEBOOKS
from course import NAMES, SIGNS, Course
from signs import Sign


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
