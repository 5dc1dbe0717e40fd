"""The chart of an event loop that a learner has written."""

from time import perf_counter
from typing import Any

import numpy as np
import pytest

from helpers import draw_steps, measure, side_by_side
from helpers.charts.inputs.activity import BLOCKING, READY, RUNNING, WAITING
from helpers.probes.own_loop import _activity

# One job computes for 0.1 s while three stand behind it; then they send, wait together and read.
STEPS = [
    ("grind", 50.0, 50.0, 50.1),
    ("FR", 50.0, 50.1, 50.101),
    ("JP", 50.0, 50.101, 50.102),
    ("KE", 50.0, 50.102, 50.103),
    ("FR", 50.4, 50.4, 50.401),
    ("JP", 50.4, 50.401, 50.402),
    ("KE", 50.4, 50.402, 50.403),
]


def states(name: str) -> list[tuple[int, float, float]]:
    """What that task did when, seconds rounded to a millisecond."""
    activity = _activity(STEPS)
    spans = activity.spans[activity.spans["row"] == list(activity.rows["name"]).index(name)]
    return [
        (state, round(start, 3), round(end, 3))
        for state, start, end in zip(spans["state"], spans["start"], spans["end"], strict=True)
    ]


def test_states() -> None:
    assert states("grind") == [(BLOCKING, 0.0, 0.1)]
    assert states("FR") == [(READY, 0, 0.1), (RUNNING, 0.1, 0.101), (WAITING, 0.101, 0.4), (RUNNING, 0.4, 0.401)]
    assert states("KE")[:2] == [(READY, 0, 0.102), (RUNNING, 0.102, 0.103)]
    assert states("KE")[-2:] == [(READY, 0.4, 0.402), (RUNNING, 0.402, 0.403)]


def test_rows_and_blocks() -> None:
    activity = _activity(STEPS)
    assert list(activity.rows["name"]) == ["grind", "FR", "JP", "KE"]
    assert list(activity.rows["steps"]) == [1, 2, 2, 2]
    assert activity.wall == pytest.approx(0.403)
    assert [(block.row, round(block.end, 3)) for block in activity.blocks] == [(0, 0.1)]
    assert activity.busy is not None
    np.testing.assert_allclose(activity.busy, [[0, 0.103], [0.4, 0.403]], atol=1e-9)


def test_a_job_queued_by_its_own_step_is_ready_from_the_end_of_that_step() -> None:
    activity = _activity([("A", 0.0, 0.0, 0.002), ("B", 0.0, 0.002, 0.004), ("A", 0.001, 0.004, 0.005)])
    mine = activity.spans[activity.spans["row"] == 0]
    assert list(mine["state"]) == [RUNNING, READY, RUNNING]
    np.testing.assert_allclose(mine["start"], [0, 0.002, 0.004], atol=1e-9)


def test_chart_counts_every_task_and_says_who_held_the_loop() -> None:
    sentence = draw_steps("a loop of our own", STEPS).sentence
    assert "4 tasks" in sentence
    assert "grind for 100 ms" in sentence
    assert "behind grind" in sentence


def test_a_single_step_can_be_drawn() -> None:
    assert "1 task " in draw_steps("one", [("A", 1.0, 1.0, 1.001)]).sentence


@pytest.mark.parametrize(
    ("steps", "error", "says"),
    [
        ([], ValueError, "no steps"),
        (["A"], TypeError, r"step 1 is not \(name, ready, start, end\)"),
        ([("A", 0.0, 0.1)], TypeError, r"step 1 is not \(name, ready, start, end\)"),
        ([(1, 0.0, 0.1, 0.2)], TypeError, r"step 1 is not \(name, ready, start, end\)"),
        ([("A", 0.0, 0.1, None)], TypeError, "three times in seconds"),
        ([("A", 0.0, 0.1, float("nan"))], TypeError, "three times in seconds"),
        ([("A", 0.0, 0.2, 0.1)], ValueError, "step 1 goes back in time"),
        ([("A", 0.2, 0.1, 0.3)], ValueError, "step 1 goes back in time"),
        ([("A", 0.0, 0.0, 0.3), ("B", 0.0, 0.2, 0.4)], ValueError, "begins before step 1 has ended"),
        ([("A", 5.0, 5.0, 6.0), ("B", 0.0, 0.2, 0.4)], ValueError, "begins before step 1 has ended"),
        (None, TypeError, "a list of steps"),
    ],
)
def test_bad_steps_are_named(steps: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        draw_steps("bad", steps)


def test_a_label_is_a_text() -> None:
    with pytest.raises(TypeError, match="label"):
        draw_steps(STEPS, "a loop of our own")  # type: ignore[arg-type]


def test_the_chart_of_a_rerun_says_what_was_changed() -> None:
    charts = []
    for size in (10, 10, 20):
        with measure("a loop of our own") as run:
            began = perf_counter()
            sum(range(size))
            steps = [("A", began, began, perf_counter())]
        charts.append(draw_steps("a loop of our own", steps))
        charts.append(side_by_side(run, run))
    assert [chart.note.count("hanged") for chart in charts] == [0, 0, 0, 0, 1, 1]
    assert charts[4].note == "Changed since the last run: size=10 -> size=20."
    assert charts[5].note == "a loop of our own: changed since the last run: size=10 -> size=20."
    # Steps of another time, and of another name, are of no run that is known.
    assert draw_steps("a loop of our own", STEPS).note == ""
    assert draw_steps("another", steps).note == ""
