"""What a chart shows and says of calls tried again, of runs that differ in more than their lengths, and over no row."""

from dataclasses import replace
from typing import Any

import pytest
from activities import activity, on_a_loop, panel
from test_charts import staircase
from test_charts_about import titles
from test_task_chart import axes_of, label_grounds, one_blocks, red_staircase, texts

from helpers.charts import Panel, side_by_side, timeline
from helpers.charts.canvas.canvas import Box
from helpers.charts.canvas.labels import overlap
from helpers.charts.inputs.activity import BLOCKING, READY, WAITING, Activity, Block
from helpers.charts.requests.bars import ANSWERED, FAILED, PAUSE


def held_twice() -> Activity:
    """The last of eight tasks holds the loop twice; the others wait, and are ready from the middle on."""
    rows = [("cell", "task", 0.0, 0.4), *((f"fetch #{n}", "task", 0.0, 0.4) for n in range(1, 8))]
    spans = [(row, WAITING, 0.0, 0.2) for row in range(7)] + [(row, READY, 0.2, 0.4) for row in range(7)]
    spans += [(7, BLOCKING, 0.01, 0.13), (7, BLOCKING, 0.14, 0.39)]
    blocks = tuple(Block(7, *span[2:], "", "time.sleep(0.05 * 2**attempt)", "cell, line 2") for span in spans[-2:])
    return replace(activity("loop", rows, spans, 0.4), blocks=blocks)


@pytest.mark.parametrize("what", [held_twice(), red_staircase(7), one_blocks()], ids=["twice", "staircase", "one"])
def test_a_label_covers_no_row_of_who_waits_or_was_held_up(what: Activity) -> None:
    chart = timeline(panel(what))
    axes, height = axes_of(chart, "tasks"), chart.get_figheight() * 100
    grounds = label_grounds(chart)
    assert grounds
    for bars in (each for each in axes.collections if each.get_label() in {"waiting", "ready", "blocking"}):
        for path in bars.get_paths():
            corners = axes.transData.transform(path.vertices)
            (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
            bar = Box(x0 + 1, height - y1 + 1, x1 - x0 - 2, y1 - y0 - 2)
            assert not any(overlap(bar, ground) for ground in grounds), (bars.get_label(), bar)


def tried(name: str, *outcomes: tuple[str, float, bool]) -> Panel:
    """A run with a request of 10 ms for each path, start and whether it was answered."""
    run = staircase(len(outcomes), title=name)
    table = run.requests
    table["path"] = table["url"] = [path for path, _, _ in outcomes]
    table["start"] = [start for _, start, _ in outcomes]
    table["end"] = table["start"] + 0.01
    table["ok"] = [good for _, _, good in outcomes]
    table["status"] = [200 if good else 503 for _, _, good in outcomes]
    return run


def marks(chart: Any, meaning: str, plot: str = "requests") -> list[Any]:
    return [each for each in axes_of(chart, plot).collections if each.get_label() == meaning]


def test_calls_that_are_tried_again_show_their_pauses_and_how_they_ended() -> None:
    run = tried(
        "retries", ("/a", 0.0, False), ("/b", 0.0, True), ("/a", 0.1, False), ("/c", 0.1, False), ("/a", 0.3, True)
    )
    chart = timeline(run)
    (pauses,), (answered,), (failed,) = (marks(chart, key.meaning) for key in (PAUSE, ANSWERED, FAILED))
    assert [segment.tolist() for segment in pauses.get_segments()] == [
        [[0.01, 0.0], [0.1, 0.0]],
        [[0.11, 0.0], [0.3, 0.0]],
    ]
    assert sorted(answered.get_offsets().tolist()) == [[0.01, 1.0], [0.31, 0.0]]
    assert len(failed.get_offsets()) == 3
    assert {PAUSE.meaning, ANSWERED.meaning} <= set(texts(chart))
    assert titles(chart).startswith("retries: 3 calls took 5 attempts in ")
    assert titles(chart).endswith(", 2 answered in the end")


def test_where_nobody_tried_again_there_are_no_pauses() -> None:
    chart = timeline(tried("once", ("/a", 0.0, False), ("/b", 0.1, True)))
    assert not marks(chart, PAUSE.meaning) and not marks(chart, ANSWERED.meaning)
    assert not {PAUSE.meaning, ANSWERED.meaning} & set(texts(chart))
    assert "2 requests in" in titles(chart)


def test_runs_with_retries_tell_when_the_others_were_done() -> None:
    early = tried("early", ("/a", 0.0, False), ("/b", 0.02, True), ("/a", 0.2, False))
    late = tried("late", ("/a", 0.0, False), ("/a", 0.1, False), ("/b", 0.2, True))
    chart = side_by_side([late, early], view="requests")
    assert titles(chart) == "Calls that needed no retry were done after 210 ms (late), 30 ms (early)"
    assert chart.sentence.startswith(f"{titles(chart)}. late: 3 requests")
    assert "no retry" not in titles(
        side_by_side([late, tried("x", ("/a", 0, False), ("/a", 0.1, False), ("/b", 0.2, True))], view="requests")
    )


def test_runs_that_were_answered_less_often_say_so() -> None:
    all_of_it = tried("asked", ("/a", 0.0, True), ("/b", 0.1, True))
    cut = tried("cancelled", ("/a", 0.0, True), ("/b", 0.1, False))
    said = titles(side_by_side([cut, all_of_it], view="requests"))
    assert said.startswith("Same 2 requests: 1 answer in ") and ", 2 in " in said
    none = tried("nothing", ("/a", 0.0, False), ("/b", 0.1, False))
    assert titles(side_by_side([none, all_of_it], view="requests")).startswith("Same 2 requests: no answer in ")
    assert "answer" not in titles(side_by_side([all_of_it, all_of_it], view="requests"))


def test_runs_of_one_length_tell_who_held_the_loop() -> None:
    free = on_a_loop([[0.001, 0.2, 0.001]])
    held = replace(free, blocks=(Block(1, 0.05, 0.15),))
    two = [panel(held, title="held", wall=0.2), panel(free, title="free", wall=0.201)]
    said = titles(side_by_side(two))
    assert said == "About equally long, but one step held the loop for 100 ms (held), none for 10 ms (free)"
    longer = panel(free, title="free", wall=0.4)
    assert "held the loop" not in titles(side_by_side([two[0], longer]))


def test_one_request_that_queued_for_long_is_told() -> None:
    run = staircase(2)
    run.requests.loc[1, ["queued", "start"]] = [0.1, 0.0]
    assert "1 queued for 100 ms" in titles(timeline(run))
    run.requests.loc[1, "queued"] = 0.001
    assert "queued" not in titles(timeline(run))


def test_a_chart_about_a_row_does_not_say_that_its_runs_do_not_compare() -> None:
    other = staircase(3).requests
    one, two = panel(on_a_loop([[0.1]]), title="one"), replace(panel(on_a_loop([[0.2]]), title="two"), requests=other)
    assert "do not compare" in side_by_side([one, two]).sentence
    assert "compare" not in side_by_side([one, two], about="fetch").sentence


def test_jobs_that_queued_for_a_thread_beside_a_loop_take_the_title() -> None:
    rows = [
        ("cell", "task", 0.0, 0.5),
        ("ask", "task", 0.0, 0.5),
        ("nap", "job", 0.0, 0.4),
        ("look up", "job", 0.0, 0.5),
    ]
    spans = [(0, WAITING, 0.0, 0.5), (1, WAITING, 0.0, 0.5), (2, WAITING, 0.0, 0.4), (3, READY, 0.0, 0.4)]
    spans += [(3, WAITING, 0.4, 0.5)]
    one = activity("loop", rows, spans, 0.5)
    assert titles(timeline(panel(one, title="a pool"))).endswith(", look up queued for a thread for 400 ms")
    two = activity("loop", [*rows, ("late", "job", 0.0, 0.5)], [*spans, (4, READY, 0.0, 0.3)], 0.5)
    assert titles(timeline(panel(two, title="a pool"))).endswith(", 2 jobs queued for a thread, up to 400 ms")
    free = activity("loop", rows, [(row, state, a, b) for row, state, a, b in spans if state != READY], 0.5)
    assert "queued" not in titles(timeline(panel(free, title="a pool")))
