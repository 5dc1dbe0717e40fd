"""Where processor time is counted by the ticks of the system's clock, as on Windows, only what is known is said."""

from dataclasses import replace
from typing import Any

import pytest
from activities import activity, on_a_loop, one_by_one, panel

from helpers import measure
from helpers.charts.inputs.activity import RUNNING, Activity
from helpers.charts.timelines import timeline
from helpers.recorders import processor_time, processor_watch
from helpers.recorders.processor_watch import ProcessorWatch
from helpers.recorders.task_row import LongStep
from helpers.runs import held_steps
from helpers.runs.held_steps import parts_of

TICK = 1 / 64


@pytest.mark.parametrize(
    ("length", "cpu", "elsewhere", "own"),
    [
        (0.012, 0.0, TICK, 0.012),  # it computed all the time, and the tick came as another thread did
        (0.028, TICK, TICK, 0.028),
        (0.1, 2 * TICK, 0.0, 0.1),
        (0.1, TICK, 5 * TICK, 0.1 - 3 * TICK),  # of five ticks that others had, three are sure
        (0.1, 5 * TICK, 9 * TICK, 6 * TICK),
    ],
)
def test_a_long_step_is_blamed_unless_others_surely_computed(
    length: float, cpu: float, elsewhere: float, own: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_steps, "STEP", TICK)
    step = LongStep(0, "", 10.0, 10.0 + length, "", "", cpu, elsewhere)
    assert parts_of(step, [], []) == [(pytest.approx(10.0 + length - own), 10.0 + length)]


@pytest.mark.parametrize(("late", "used", "is_stall"), [(0.06, 0.0, False), (0.1, 0.0, True), (0.1, TICK, False)])
def test_a_tick_that_is_still_to_come_may_be_computing(
    late: float, used: float, is_stall: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor_watch, "STEP", TICK)
    watch = ProcessorWatch()
    watch._since = 100.0
    assert bool(watch._late(100.0 + processor_watch.TICK + late, used)) == is_stall


def computing(of: Activity, cpu: float, **more: Any) -> str:
    """The sentence of a run whose first thread computed for so long."""
    of.rows.loc[0, "cpu"] = cpu
    return timeline(panel(replace(of, **more))).sentence


def test_no_more_is_said_of_processor_time_than_is_known() -> None:
    assert "Its own thread used 31 ms of processor time, " in computing(one_by_one(1), 2 * TICK)
    most = "Its own thread used no more than 47 ms of processor time, which this system counts in steps of 16 ms."
    assert most in computing(one_by_one(1), 2 * TICK, tick=TICK)
    assert "processor time" not in computing(one_by_one(1), 0.0, tick=TICK)
    assert "used 400 ms of processor time, " in computing(one_by_one(8), 0.4, tick=TICK)


def test_what_is_within_the_error_of_the_clocks_is_not_unseen() -> None:
    rows, spans = [("cell", "thread", 0.0, 0.031)], [(0, RUNNING, 0.0, 0.031)]
    assert "in a way that is not seen here" in computing(activity("blocking", rows, spans, 0.031), 0.0)
    assert "in a way that is not seen here" not in computing(activity("blocking", rows, spans, 0.031), 0.0, tick=TICK)


@pytest.mark.parametrize(("lag", "why"), [(0.014, True), (0.014 + TICK, False)])
def test_a_timer_that_is_late_by_a_tick_is_explained(lag: float, why: bool) -> None:
    tasks = [[0.001, 0.1, 0.001]]
    said = timeline(panel(on_a_loop(tasks, lag=lag, tick=TICK))).sentence
    assert ("late at worst: this system's clock ticks every 16 ms." in said) == why
    assert "late at worst." in timeline(panel(on_a_loop(tasks, lag=lag))).sentence


def test_where_nothing_tells_why_nothing_ran_no_machine_is_blamed() -> None:
    tasks = [[0.001, 0.1, 0.001]]
    one = timeline(panel(on_a_loop(tasks, stalls=((0.02, 0.06),), stalls_told=False)))
    why = "nothing of this process ran: the machine gave it no processor, or a library waited and kept the GIL."
    assert f"For 40 ms {why}" in one.sentence and "stood still" not in one.sentence
    two = timeline(panel(on_a_loop(tasks, stalls=((0.02, 0.04), (0.06, 0.08)), stalls_told=False)))
    assert f"For 40 ms, 2 times in all, {why}" in two.sentence
    told = timeline(panel(on_a_loop(tasks, stalls=((0.02, 0.06),))))
    assert "The machine stood still for 40 ms" in told.sentence
    keys = [
        [text.get_text() for text in chart.findobj(match=lambda artist: hasattr(artist, "get_text"))]
        for chart in (one, told)
    ]
    assert ["nothing of this process ran" in texts for texts in keys] == [True, False]
    assert ["the machine stood still" in texts for texts in keys] == [False, True]


def test_the_card_and_the_printed_run_say_no_more_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with measure("one tick") as run:
        pass
    run.cpu = TICK
    monkeypatch.setattr(processor_time, "STEP", 0.0)
    assert "0.0156 s CPU" in repr(run) and "16 ms" in run._repr_html_()
    monkeypatch.setattr(processor_time, "STEP", TICK)
    assert "at most 0.0312 s CPU" in repr(run) and "at most 31 ms" in run._repr_html_()
    run.cpu = 0.5
    assert "wall, 0.5 s CPU" in repr(run) and "at most" not in run._repr_html_()
