"""The table of steps: what ran is in it once."""

from dataclasses import replace

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


def test_where_the_machine_stood_still_is_in_no_step_of_a_thread_and_is_cut_from_a_task_s_once() -> None:
    for what, cut in ((on_a_loop([[0.001, 0.1, 0.02]] * 3), 0.0), (in_threads(4, 2), 0.005)):
        plain = steps_of(what)
        first = plain.loc[plain["row"] > 0].iloc[0]
        middle = (first["start"] + first["end"]) / 2
        stopped = steps_of(replace(what, stalls=((middle - 0.0025, middle + 0.0025),)))
        lost = plain["took"] - stopped["took"]
        assert lost[first.name] == pytest.approx(min(cut, first["took"]))
