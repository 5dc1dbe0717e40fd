"""Where processor time is counted by the ticks of the system's clock, as on Windows, it is said so."""

from dataclasses import replace
from typing import Any

import pytest
from activities import activity, on_a_loop, panel

from helpers import measure
from helpers.charts.inputs.activity import RUNNING, Activity
from helpers.charts.timelines import timeline
from helpers.recorders import processor_watch
from helpers.recorders.processor_watch import ProcessorWatch
from helpers.recorders.task_row import LongStep
from helpers.runs import card, held_steps
from helpers.runs import run as printed
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


def test_a_figure_says_that_it_is_counted_by_ticks() -> None:
    what = activity("blocking", [("cell", "thread", 0.0, 0.1)], [(0, RUNNING, 0.0, 0.1)], 0.1)
    assert "Its own thread used 31 ms of processor time, " in computing(what, 2 * TICK)
    ticks = "Its own thread used 31 ms of processor time, counted in ticks of 16 ms, "
    assert ticks in computing(what, 2 * TICK, tick=TICK)
    assert "processor time" not in computing(what, 0.0, tick=TICK)


def test_what_was_not_counted_may_have_been_computed() -> None:
    rows, spans = [("cell", "thread", 0.0, 0.031)], [(0, RUNNING, 0.0, 0.031)]
    exact = computing(activity("blocking", rows, spans, 0.031), 0.0)
    assert "was seen to wait" in exact and "For the other 31 ms it waited in a way" in exact
    ticks = computing(activity("blocking", rows, spans, 0.031), 0.0, tick=TICK)
    assert "was seen to wait" in ticks and "For the other 31 ms it computed, waited in a way" in ticks


def test_where_nothing_tells_why_nothing_ran_no_machine_is_blamed() -> None:
    tasks = [[0.001, 0.1, 0.001]]
    one = timeline(panel(on_a_loop(tasks, stalls=((0.02, 0.06),), stalls_told=False)))
    why = "nothing of this process ran: the machine gave it no processor, or a library waited and kept the GIL."
    assert f"For 40 ms {why}" in one.sentence and "stood still" not in one.sentence
    two = timeline(panel(on_a_loop(tasks, stalls=((0.02, 0.04), (0.06, 0.08)), stalls_told=False)))
    assert f"2 times, for 40 ms in all, {why}" in two.sentence
    told = timeline(panel(on_a_loop(tasks, stalls=((0.02, 0.06),))))
    assert "The machine stood still for 40 ms" in told.sentence
    keys = [
        [text.get_text() for text in chart.findobj(match=lambda artist: hasattr(artist, "get_text"))]
        for chart in (one, told)
    ]
    assert ["nothing of this process ran" in texts for texts in keys] == [True, False]
    assert ["the machine stood still" in texts for texts in keys] == [False, True]


def test_the_card_and_the_printed_run_say_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with measure("one tick") as run:
        pass
    run.cpu = TICK
    for where in (card, printed):
        monkeypatch.setattr(where, "STEP", 0.0)
    assert "0.0156 s CPU, 0 requests" in repr(run) and "in ticks" not in run._repr_html_()
    for where in (card, printed):
        monkeypatch.setattr(where, "STEP", TICK)
    assert "0.0156 s CPU, counted in ticks of 16 ms, 0 requests" in repr(run)
    assert "CPU time, whole process, counted in ticks of 16 ms" in run._repr_html_()
