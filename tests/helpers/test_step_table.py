"""The table of steps: what ran is in it once."""

import numpy as np
import pytest
from activities import in_threads, on_a_loop, one_by_one

from helpers.charts.inputs.activity import RUNNING
from helpers.runs.tables import steps_of, tasks_of


def test_what_runs_while_a_request_is_made_is_a_step_of_who_makes_it() -> None:
    steps = steps_of(one_by_one(5))
    assert steps["name"].tolist() == ["cell"] * 10
    assert steps["took"].sum() == pytest.approx(10 * 0.001)
    assert list(steps.columns) == ["row", "name", "ready", "start", "end", "waited", "took", "blocking", "line"]


@pytest.mark.parametrize("what", [on_a_loop([[0.001, 0.1, 0.02]] * 3), in_threads(4, 2)])
def test_tasks_jobs_and_threads_keep_all_their_steps(what: object) -> None:
    steps, spans = steps_of(what), what.spans  # type: ignore[arg-type, attr-defined]
    ran = spans[spans["state"] >= RUNNING]
    assert len(steps) == len(ran)
    by_row = tasks_of(what)["running"].to_numpy()  # type: ignore[arg-type]
    np.testing.assert_allclose(steps.groupby("row")["took"].sum().to_numpy(), by_row)
