"""The task timeline: what it draws for given activities, what it says, and that any activity can be drawn."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas
import pytest
from activities import activity, batched, in_threads, on_a_loop, one_by_one, outcomes, panel
from written import clashes

from helpers.charts import Chart, Panel, side_by_side, timeline
from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import Box
from helpers.charts.canvas.labels import overlap
from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, READY, RUNNING, STATES, WAITING, Activity, Block, Pause
from helpers.charts.inputs.coverage import coverage
from helpers.charts.inputs.in_flight import most_at_once
from helpers.charts.inputs.panel import COLUMNS
from helpers.charts.tasks.facts import task_facts
from helpers.charts.tasks.visible_spans import drawn_spans

LINE = 'requests.get(api.url("/countries/FR"))'


def fetches(count: int, blocks: dict[int, float] | None = None) -> list[list[float]]:
    """Tasks that run, wait for about a tenth of a second, and run; some block at the end."""
    return [[0.0003, 0.1 + 0.005 * (i % 10), (blocks or {}).get(i, 0.0005)] for i in range(count)]


def one_blocks(**more: Any) -> Activity:
    return on_a_loop(fetches(12, {3: 0.15}), **more)


def red_staircase(count: int = 20) -> Activity:
    steps = on_a_loop([[0.1]] * count)
    return replace(steps, blocks=tuple(replace(block, line=LINE) for block in steps.blocks))


def jobs_of_tasks() -> Activity:
    rows = [("cell", "task", 0.0, 0.3), ("to_thread", "task", 0.0, 0.2), ("resize", "job", 0.0, 0.2)]
    spans = [(0, WAITING, 0.0, 0.3), (1, WAITING, 0.0, 0.2), (2, READY, 0.0, 0.1), (2, RUNNING, 0.1, 0.2)]
    return activity("loop", rows, spans, 0.3, busy=np.array([(0.0, 0.03)]))


def collecting() -> Activity:
    """Two long steps, the first of which is mostly a collection, and a collection beside them."""
    what = on_a_loop([[0.1], [0.1], *[[0.001]] * 100])
    pauses = (Pause(0.01, 0.09, 2), Pause(0.25, 0.28, 1))
    return replace(what, pauses=pauses, blocks=tuple(replace(block, line=LINE) for block in what.blocks))


def texts(chart: Chart) -> list[str]:
    return [text.get_text() for text in axes_of(chart, "canvas").texts]


def axes_of(chart: Chart, label: str) -> Any:
    return next(axes for axes in chart.axes if axes.get_label() == label)


def drawn(chart: Chart, label: str, within: str = "tasks") -> Any:
    """The collection of that label in that plot, or None."""
    return next((each for each in axes_of(chart, within).collections if each.get_label() == label), None)


def boxes(chart: Chart, state: str) -> list[tuple[float, float, float]]:
    """Left, right and middle of each bar of a state."""
    found = drawn(chart, state)
    extents = [path.get_extents() for path in found.get_paths()] if found is not None else []
    return [(box.x0, box.x1, (box.y0 + box.y1) / 2) for box in extents]


def label_grounds(chart: Chart) -> list[Box]:
    """Where the labels of blocking steps stand."""
    corners = [patch.get_xy() for patch in axes_of(chart, "canvas").patches if patch.get_label() == "label"]
    lows, highs = [xy.min(axis=0) for xy in corners], [xy.max(axis=0) for xy in corners]
    return [Box(*low, *(high - low)) for low, high in zip(lows, highs, strict=True)]


LONG = "a name that somebody has chosen without a thought of charts and of how wide they are, number "
ODD = {
    "one blocks": one_blocks(),
    "staircase": red_staircase(),
    "100 in the staircase": red_staircase(100),
    "jobs of tasks": jobs_of_tasks(),
    "collecting": collecting(),
    "many": on_a_loop(fetches(600, {300: 0.2})),
    "in threads": in_threads(40, 8),
    "one by one": one_by_one(20),
    "nothing on a loop": activity("loop", [], [], 0.5, busy=np.array([(0.0, 0.1)])),
    "nothing in no time": activity("blocking", [], [], 0.0),
    "only the cell": on_a_loop([]),
    "only the cell, which blocks": replace(on_a_loop([]), blocks=(Block(0, 0.0, 0.0005, "", LINE, "cell, line 1"),)),
    "long and strange": on_a_loop(
        fetches(5, {1: 0.2}), names=[f"{LONG}\n日本 $x^2$ {i}" for i in range(5)], notes=("Something is odd.",)
    ),
    "all kinds of ends": outcomes(
        one_blocks(), r1=("pending", ""), r2=("error", "ValueError"), r3=("cancelled", ""), r4=("error", "E" * 99)
    ),
    "blocked from outside": replace(
        on_a_loop(fetches(40)), blocks=tuple(Block(OUTSIDE, i * 0.03, i * 0.03 + 0.02, "callback") for i in range(5))
    ),
    "replies": replace(red_staircase(2), blocks=(Block(1, 0.0005, 0.1005, replies=(0.02, 0.09)),)),
    "very many steps": on_a_loop([[0.00001, 0.0] * 3000 + [0.00001]] * 8),
}


# ---- drawing


def titled(name: str) -> Panel:
    return panel(ODD[name], title=f"{name} and a title 日本 that goes on {'and on ' * 20}", predict=0.3)


def assert_drawn(chart: Chart) -> None:
    """It can be drawn, says something of all that it shows, and what is written is on it, and on nothing written."""
    assert clashes(chart) == []
    assert chart.sentence.endswith(".")
    assert "nan" not in chart.sentence and "inf" not in chart.sentence
    assert chart.get_figheight() * 100 <= (590 if chart.zoom == 1 else 640)
    renderer = chart.canvas.get_renderer()
    for text in axes_of(chart, "canvas").texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= chart.get_figwidth() * 100 + 1, text.get_text()
        assert box.y0 >= 0 and box.y1 <= chart.get_figheight() * 100, text.get_text()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.usefixtures("any_size")
@pytest.mark.filterwarnings("error")
def test_any_activity_can_be_drawn_and_its_labels_do_not_overlap(name: str) -> None:
    chart = timeline(titled(name))
    assert_drawn(chart)
    grounds = label_grounds(chart)
    assert not [1 for i, one in enumerate(grounds) for other in grounds[:i] if overlap(one, other)]
    height = chart.get_figheight() * 100
    rows = axes_of(chart, "tasks").get_position()
    for ground in grounds:
        wide = chart.get_figwidth() * 100
        assert rows.x0 * wide <= ground.left and ground.right <= wide
        assert (1 - rows.y1) * height <= ground.top and ground.bottom <= (1 - rows.y0) * height


@pytest.mark.parametrize("names", batched(ODD, 3), ids=", ".join)
@pytest.mark.usefixtures("any_size")
@pytest.mark.filterwarnings("error")
def test_any_activities_can_be_drawn_side_by_side(names: list[str]) -> None:
    assert_drawn(side_by_side([*map(titled, names), panel(one_blocks())]))


def test_every_task_has_a_named_row_with_its_states() -> None:
    chart = timeline(panel(on_a_loop([[0.002, 0.1, 0.003], [0.004, 0.05, 0.005]])))
    axes = axes_of(chart, "tasks")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cell", "fetch #1", "fetch #2"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row is at the top
    waiting = boxes(chart, "waiting")
    assert waiting[1:] == [pytest.approx((0.0025, 0.1025, 1)), pytest.approx((0.0065, 0.0565, 2))]
    # Both were ready from the beginning; the second had to let the first go.
    assert boxes(chart, "ready") == [pytest.approx((0, 0.0005, 1)), pytest.approx((0, 0.0025, 2))]
    running = [bar for bar in boxes(chart, "running") if bar[2] > 0.5]
    assert running[0] == pytest.approx((0.0005, 0.0025, 1))
    assert drawn(chart, "blocking") is None


def test_blocking_steps_are_red_named_and_banded() -> None:
    chart = timeline(panel(one_blocks()))
    (bar,) = boxes(chart, "blocking")
    assert bar[1] - bar[0] == pytest.approx(0.15)
    assert bar[2] == 4
    written = texts(chart)
    assert {"fetch #4 held the loop for 150 ms", "time.sleep(0.15)", "cell, line 3"} <= set(written)
    for plot in ("tasks", "strip"):
        (band,) = drawn(chart, "band", plot).get_paths()
        assert (band.get_extents().x0, band.get_extents().x1) == pytest.approx(bar[:2])
        assert (band.get_extents().y0, band.get_extents().y1) == (0, 1)


def test_a_label_covers_no_blocking_step() -> None:
    for what in (one_blocks(), red_staircase(), replace(on_a_loop([]), blocks=(Block(0, 0, 0.0005),))):
        chart = timeline(panel(what))
        axes, height = axes_of(chart, "tasks"), chart.get_figheight() * 100
        for path in drawn(chart, "blocking").get_paths() if drawn(chart, "blocking") else []:
            corners = axes.transData.transform(path.vertices)
            (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
            bar = Box(x0 + 1, height - y1 + 1, x1 - x0 - 2, y1 - y0 - 2)
            assert not any(overlap(bar, ground) for ground in label_grounds(chart))


def test_short_blocks_have_no_label_but_the_longest_one_has() -> None:
    def labelled(*lasted: float) -> int:
        what = on_a_loop([[0.0001, 1.0, 0.0001]])
        blocks = tuple(Block(1, 0.2 * i, 0.2 * i + each) for i, each in enumerate(lasted))
        return len(label_grounds(timeline(panel(replace(what, blocks=blocks)))))

    assert labelled(0.05, 0.04) == 2
    assert labelled(0.05, 0.02) == 1
    assert labelled(0.02, 0.015) == 1
    assert labelled(0.005, 0.004) == 0


def test_many_blocks_of_one_line_have_one_label_and_the_others_are_counted() -> None:
    written = texts(timeline(panel(red_staircase())))
    assert [text for text in written if "held the loop" in text][1:] == ["fetch #1 held the loop for 100 ms"]
    assert "and 19 more, 1.90 s together" in written


def test_a_collection_is_named_instead_of_the_task_that_it_hit() -> None:
    chart = timeline(panel(collecting()))
    written = texts(chart)
    assert "garbage collection (gen 2), 80 ms" in written
    assert "garbage collection (gen 1), 30 ms" in written
    assert "fetch #1 held the loop for 100 ms" not in written
    assert "fetch #2 held the loop for 100 ms" in written
    # The collection inside a step has no band of its own.
    assert len(drawn(chart, "band").get_paths()) == 3


def test_replies_that_arrive_meanwhile_are_marked() -> None:
    chart = timeline(panel(ODD["replies"]))
    assert drawn(chart, "a reply arrives").get_offsets()[:, 0].tolist() == [0.02, 0.09]
    assert "a reply arrives" in texts(chart)
    assert "a reply arrives" not in texts(timeline(panel(red_staircase(2))))


def test_how_rows_ended_is_marked_and_errors_are_named() -> None:
    chart = timeline(panel(ODD["all kinds of ends"]))
    rows = {
        label: drawn(chart, label).get_offsets()[:, 1].tolist()
        for label in ("failed", "cancelled", "pending at the end")
    }
    assert rows == {"failed": [2, 4], "cancelled": [3], "pending at the end": [1]}
    markers = {drawn(chart, label).get_paths()[0].vertices.tobytes() for label in rows}
    assert len(markers) == 3
    assert set(rows) | {"ValueError"} <= set(texts(chart))


def test_jobs_are_told_apart_from_tasks() -> None:
    chart = timeline(panel(jobs_of_tasks()))
    assert "in threads" in texts(chart)
    ticks = axes_of(chart, "tasks").get_yticks()
    assert ticks[1] - ticks[0] == 1 and ticks[2] - ticks[1] > 1
    assert "in threads" not in texts(timeline(panel(one_blocks())))
    assert "its requests" in texts(timeline(panel(one_by_one(3))))


def test_steps_under_a_pixel_are_drawn_a_pixel_wide_and_it_is_said() -> None:
    short = on_a_loop([[0.00001, 0.5, 0.00001]])
    spans = drawn_spans(short, 0.001)
    step = (spans.row == 1) & (spans.state == RUNNING)
    assert (spans.drawn_to - spans.start)[step].tolist() == pytest.approx([0.001, 0.001])
    np.testing.assert_array_equal(spans.drawn_to[spans.state == WAITING], spans.end[spans.state == WAITING])
    said = "steps shorter than a pixel are drawn one pixel wide"
    assert said in texts(timeline(panel(short)))
    assert said not in texts(timeline(panel(activity("loop", [("cell", "task", 0, 1)], [(0, RUNNING, 0, 1)], 1.0))))


def test_widened_steps_do_not_fill_the_time_between_them() -> None:
    spans = drawn_spans(on_a_loop([[0.00001, 0.0001] * 50 + [0.00001]]), 0.001)
    step = np.flatnonzero((spans.row == 1) & (spans.state == RUNNING))
    gaps = spans.start[step][1:] - spans.drawn_to[step][:-1]
    assert (gaps > 0.00005).all()


def test_names_stop_at_thirty_rows_and_bars_at_five_hundred() -> None:
    def shape(tasks: int) -> tuple[bool, bool, int]:
        chart = timeline(panel(on_a_loop(fetches(tasks))))
        axes = axes_of(chart, "tasks")
        named = "cell" in [label.get_text() for label in axes.get_yticklabels()]
        return named, drawn(chart, "waiting") is not None, len(axes.images)

    assert shape(29) == (True, True, 0)
    assert shape(30) == (False, True, 0)
    assert shape(499) == (False, True, 0)
    assert shape(500) == (False, False, 1)


def test_a_density_counts_the_tasks_in_each_state() -> None:
    what = on_a_loop([[0.0001, 0.4, 0.0001]] * 1000)
    chart = timeline(panel(what))
    states = next(axes for axes in chart.axes if any(each.get_label() == "ready" for each in axes.collections))
    assert states.get_yticklabels()[1].get_text() == "1,001"
    height = {
        each.get_label(): each.get_paths()[0].get_extents().y1 - each.get_paths()[0].get_extents().y0
        for each in states.collections
    }
    assert height["ready"] == pytest.approx(1000, rel=0.02)
    assert "tasks" in texts(chart) and "by state" in texts(chart)


def test_few_rows_of_very_many_steps_become_a_density_in_true_proportions() -> None:
    chart = timeline(panel(ODD["very many steps"]))
    (image,) = axes_of(chart, "tasks").images
    red, green, blue, alpha = np.asarray(image.get_array())[4, 700]
    assert alpha == pytest.approx(1, abs=0.02)
    # Each ran for an eighth of the time, and was ready for the rest: nearly amber.
    amber, running = (np.array(_rgb(style.STATES[state].colour)) for state in (READY, RUNNING))
    assert np.array([red, green, blue]) == pytest.approx(amber * 7 / 8 + running / 8, abs=0.03)


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def test_coverage_adds_up_to_the_time_covered() -> None:
    chance = np.random.default_rng(5)
    start = chance.uniform(0, 9, 200)
    end = start + chance.uniform(0, 1, 200)
    row = chance.integers(0, 4, 200)
    image = coverage(row, start, end, 10.0, 4, 37)
    for number in range(4):
        assert image[number].sum() * 10 / 37 == pytest.approx((end - start)[row == number].sum(), rel=1e-4)
    assert coverage(np.array([0]), np.array([2.5]), np.array([4.0]), 10.0, 1, 10)[0].tolist() == [
        0, 0, 0.5, 1, 0, 0, 0, 0, 0, 0,
    ]  # fmt: skip


def test_the_strip_shows_when_the_loop_was_held() -> None:
    what = replace(on_a_loop(fetches(3)), busy=np.array([(0.0, 0.05)]), wall=0.1)
    chart = timeline(panel(what, wall=0.1))
    (area,) = [each for each in axes_of(chart, "strip").collections if each.get_label() == "busy"]
    x, y = area.get_paths()[0].vertices.T
    assert x[y > 0.5].max() == pytest.approx(0.05, abs=0.001)
    assert [label.get_text() for label in axes_of(chart, "strip").get_yticklabels()] == ["0", "100 %"]
    assert {"loop", "held"} <= set(texts(chart))


@pytest.mark.parametrize(("what", "name"), [(in_threads(8, 2), "threads"), (one_by_one(3), "thread")])
def test_without_a_loop_the_strip_shows_the_threads(what: Activity, name: str) -> None:
    assert {name, "running"} <= set(texts(timeline(panel(what))))


@pytest.mark.parametrize(
    ("what", "meanings"),
    [
        (one_blocks(), {"running a step", "ready, loop held", "waiting", "blocking step (≥ 10 ms)"}),
        (on_a_loop([]), {"running a step"}),
        (in_threads(8, 2), {"running", "queued, no thread free", "waiting"}),
        (one_by_one(3), {"running", "waiting"}),
        (
            jobs_of_tasks(),
            {"running, or waiting for Python's lock or a processor", "ready, no loop or thread free", "waiting"},
        ),
    ],
)
def test_the_key_has_what_occurs_in_the_words_of_the_model(what: Activity, meanings: set[str]) -> None:
    known = {
        "running a step", "ready, loop held", "waiting", "blocking step (≥ 10 ms)", "queued, no thread free",
        "running",
        "running, or waiting for Python's lock or a processor", "ready, no loop or thread free", "failed", "cancelled",
        "pending at the end",
    }  # fmt: skip
    strip = {"running"} if what.model != "loop" else set()
    assert (set(texts(timeline(panel(what)))) & known) | strip == meanings | strip


def test_the_states_can_be_told_apart_without_colour() -> None:
    assert [state.name for state in style.STATES] == list(STATES)
    thickness = [state.thickness for state in style.STATES]
    assert thickness == sorted(thickness) and len(set(thickness)) == 4

    def luminance(colour: str) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour)]
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    grey = [luminance(state.colour) for state in style.STATES]
    contrast = [(max(a, b) + 0.05) / (min(a, b) + 0.05) for a, b in pairwise(grey)]
    assert min(contrast[:2]) > 1.3  # waiting, ready, running: ever darker
    assert contrast[2] > 1.2 and 1.05 / (grey[BLOCKING] + 0.05) > 4.5  # red words on the ground are readable


def test_wall_and_guess_are_lines_with_labels() -> None:
    chart = timeline(panel(one_blocks(), predict=0.2))
    assert "your guess: 0.2 s" in texts(chart)
    for axes in (axes_of(chart, "tasks"), axes_of(chart, "strip")):
        assert [line.get_label() for line in axes.lines][:2] == ["wall", "guess"]


# ---- words


def test_sentence_of_a_step_that_blocks() -> None:
    chart = timeline(panel(one_blocks(lag=0.144, cost=0.001, events=2431), wall=0.27, predict=0.1))
    assert chart.sentence == (
        "12 tasks took 270 ms: the loop was held for 59 % of it. Up to 12 were ready at once; "
        "the longest was stuck for 145 ms (fetch #5 behind fetch #4). One step blocked the loop: fetch #4 for 150 ms "
        "at time.sleep(0.15) (cell, line 3). A timer fired 144 ms late at worst. That is 2.7 times your guess of 0.1 s."
    )
    assert (
        chart.note
        == "Recording 2,431 steps, with a look every few milliseconds, cost about 1.0 ms, 0.4 % of the block, "
        "as measured on this machine."
    )
    assert "a run: 12 tasks in 270 ms, fetch #4 held the loop for 150 ms" in texts(chart)


def test_what_it_took_to_open_the_block_is_told() -> None:
    chart = timeline(panel(one_blocks(cost=0.001, events=2431, opening=0.0061), wall=0.27))
    assert chart.note.endswith("0.4 % of the block, as measured on this machine; opening the block had taken 6.1 ms.")


def test_a_step_inside_another_is_not_counted_twice() -> None:
    """As nest-asyncio makes them."""
    blocks = (Block(1, 0.01, 0.05), Block(2, 0.02, 0.04), Block(3, 0.03, 0.06), Block(1, 0.08, 0.1))
    chart = timeline(panel(replace(on_a_loop(fetches(3)), blocks=blocks)))
    assert "4 steps blocked the loop, for 70 ms in all" in chart.sentence


def test_sentence_of_many_steps_that_block() -> None:
    chart = timeline(panel(red_staircase()))
    assert "20 steps blocked the loop, for 2.00 s in all; the longest was fetch #" in chart.sentence
    assert f"for 100 ms at {LINE} (cell, line 3)." in chart.sentence
    assert "stuck for 1.90 s (fetch #20 behind 20 others)" in chart.sentence
    assert "a run: 20 tasks in 2.00 s, 20 steps held the loop for 2.00 s of it" in texts(chart)


def test_sentence_of_a_quiet_loop() -> None:
    chart = timeline(panel(on_a_loop([[0.0001, 0.1, 0.0001]])))
    assert chart.sentence == "1 task took 101 ms: the loop was held for 1 % of it."


def test_sentence_of_threads() -> None:
    assert timeline(panel(in_threads(40, 8))).sentence == (
        "40 jobs took 511 ms: at most 8 were under way at once, each in a thread. Up to 32 were queued for a thread at "
        "once; the longest time in the queue was 408 ms (get #33)."
    )
    assert timeline(panel(in_threads(1, 1))).sentence == "1 job took 103 ms, in a thread of its own."


def seen_by_server(count: int) -> Any:
    """A table of requests that no client in this process has recorded."""
    row = dict.fromkeys(COLUMNS, 0.0) | {"library": "server", "status": 200, "error": "", "ok": True}
    return pandas.DataFrame([row | {"start": 0.01 * number, "end": 0.1} for number in range(count)])


def test_sentence_of_tasks_whose_requests_only_the_server_saw() -> None:
    what = on_a_loop(fetches(20))
    chart = timeline(panel(what, requests=seen_by_server(20), server_peak=18, seen_by="server"))
    assert chart.sentence.startswith("20 tasks took ")
    assert "The server saw 20 requests, at most 18 at once." in chart.sentence
    (conditions,) = [text for text in texts(chart) if "one event loop" in text]
    assert "20 requests" in conditions and "all 20 answered 200" in conditions and "as the server saw it" in conditions
    assert "server," not in conditions and "server and" not in conditions  # which is no library
    mixed = seen_by_server(3)
    mixed.loc[0, "library"] = "aiohttp"
    chart = timeline(panel(what, requests=mixed, server_peak=3))
    assert "The server alone saw 2 of the 3 requests." in chart.sentence
    assert "The server" not in timeline(panel(what, requests=mixed[:1], server_peak=1)).sentence


def test_sentence_of_jobs_and_threads_beside_a_loop() -> None:
    def said(*kinds: str) -> str:
        rows = [("cell", "task", 0.0, 0.3), ("fetch", "task", 0.0, 0.2)]
        rows += [(f"row {number}", kind, 0.0, 0.2) for number, kind in enumerate(kinds)]
        spans = [(number, WAITING, 0.0, 0.2) for number in range(len(rows))]
        return timeline(panel(activity("loop", rows, spans, 0.3, busy=np.array([(0.0, 0.03)])))).sentence

    assert said().startswith("1 task took 300 ms: the loop was held")
    assert said("job", "job").startswith("1 task took 300 ms, with 2 jobs in threads: the loop")
    assert said("thread").startswith("1 task took 300 ms, with 1 thread beside the loop: the loop")
    assert said("job", "thread", "thread").startswith(
        "1 task took 300 ms, with 1 job in threads and 2 threads beside the loop: the loop"
    )


def test_a_librarys_jobs_are_told_apart_and_take_no_headline() -> None:
    def of_libraries(what: Activity, *rows: int) -> Activity:
        what.rows["library"] = np.isin(np.arange(len(what.rows)), rows)
        return what

    alone = of_libraries(outcomes(jobs_of_tasks(), r2=("error", "gaierror")), 2)
    facts = task_facts(alone)
    assert (facts.noun, facts.count, facts.jobs, facts.library_jobs) == ("task", 1, 0, 1)
    assert facts.errors.total() == 0
    chart = timeline(panel(alone))
    assert chart.sentence.startswith("1 task took 300 ms, with 1 library job in threads: the loop was held")
    assert "gaierror" in texts(chart)  # beside its row
    mixed = timeline(panel(of_libraries(in_threads(5, 2), 4, 5))).sentence
    assert mixed.startswith("3 jobs took 307 ms, with 2 library jobs in threads: at most 2 were under way at once")
    rows = [("cell", "thread", 0.0, 0.3), ("getaddrinfo", "job", 0.0, 0.1)]
    plain = activity("blocking", rows, [(0, WAITING, 0.0, 0.3), (1, READY, 0.0, 0.05), (1, RUNNING, 0.05, 0.1)], 0.3)
    chart = timeline(panel(of_libraries(plain, 1)))
    assert chart.sentence == "The block took 300 ms, with 1 library job in threads: the thread waited for 100 % of it."


def test_sentence_of_one_thread() -> None:
    what = in_threads(1, 1)
    what.rows.loc[1, "kind"] = "thread"
    assert timeline(panel(what)).sentence == "1 thread took 103 ms, beside the block's own."


def test_processor_time_is_told_only_where_that_of_all_threads_is_known() -> None:
    what = in_threads(4, 2)
    what.rows["cpu"] = 0.01
    assert "used 50 ms of processor time" in timeline(panel(what)).sentence
    what.rows.loc[4, "cpu"] = float("nan")  # it was still running when the block ended
    assert "Processor time" not in timeline(panel(what)).sentence
    what.spans.loc[what.spans["row"] == 4, "state"] = READY  # it never ran
    assert "used 40 ms of processor time" in timeline(panel(what)).sentence


def test_sentence_of_plain_code() -> None:
    what = one_by_one(20)
    what.rows.loc[0, "cpu"] = 0.0612
    # A call that waits computes a little too: both shares together are no more than the whole.
    said = "20 requests took 2.04 s, one after another: the thread waited for 97 % of it."
    assert timeline(panel(what)).sentence == said
    what.rows.loc[0, "cpu"] = 0.0012
    assert timeline(panel(what)).sentence.endswith("the thread waited for 98 % of it.")


def test_a_thread_that_neither_computed_nor_was_seen_to_wait_is_not_said_to_have_waited_for_so_little() -> None:
    rows = [("cell", "thread", 0.0, 0.3)]

    def said(cpu: float, **more: Any) -> tuple[str, str, str]:
        what = activity("blocking", rows, [(0, RUNNING, 0.0, 0.27), (0, WAITING, 0.27, 0.3)], 0.3, **more)
        what.rows.loc[0, "cpu"] = cpu
        chart = timeline(panel(what))
        return chart.sentence, texts(chart)[0], side_by_side([panel(what), panel(what)]).sentence

    unseen, title, of_two = said(0.01)
    assert unseen == (
        "The block took 300 ms: the thread was seen to wait for 10 % of it. Its own thread used 10 ms of processor "
        "time, 3 % of the block. For the other 260 ms it waited in a way that is not seen here, or for Python's one "
        "lock (the GIL) or a processor."
    )
    assert "waiting for" not in title and "waiting" not in of_two
    for known in (said(0.26), said(float("nan")), said(0.01, stalls=((0.0, 0.26),))):
        assert "the thread waited for 10 % of it" in known[0] and "not seen here" not in known[0]
        assert "waiting for 10 % of it" in known[1] and "the thread waiting for 10 % of it" in known[2]


def test_threads_that_wait_unseen_are_told_all_together() -> None:
    what = in_threads(4, 4)
    what.spans.loc[what.spans["state"] == WAITING, "state"] = RUNNING
    what.rows["cpu"] = 0.001
    said = timeline(panel(what)).sentence
    assert (
        "ms, all threads together, they waited in a way that is not seen here, or for Python's one lock (the GIL) or a "
        "processor." in said
    )


def test_what_is_still_pending_is_told_by_its_kind() -> None:
    alone = outcomes(jobs_of_tasks(), r2=("pending", ""))
    assert timeline(panel(alone)).sentence.endswith("1 job was still pending when the block ended.")
    pending = outcomes(jobs_of_tasks(), r1=("pending", ""), r2=("pending", ""))
    assert timeline(panel(pending)).sentence.endswith("1 task and 1 job were still pending when the block ended.")


def test_sentence_of_outcomes_in_singular_and_plural() -> None:
    def said(**ends: tuple[str, str]) -> str:
        return timeline(panel(outcomes(on_a_loop(fetches(12)), **ends))).sentence

    failed, cancelled, pending = ("error", "ValueError"), ("cancelled", ""), ("pending", "")
    assert said(r1=failed, r2=failed, r3=("error", "KeyError"), r4=cancelled, r5=pending).endswith(
        "3 failed (2 ValueError, 1 KeyError), 1 was cancelled and 1 was still pending when the block ended."
    )
    assert said(r1=cancelled, r2=cancelled).endswith("2 were cancelled.")
    assert "failed" not in said() and "cancelled" not in said()


def test_sentence_of_collections() -> None:
    sentence = timeline(panel(collecting())).sentence
    assert "2 garbage collections stopped everything for 110 ms in all." in sentence
    one = replace(collecting(), pauses=(Pause(0.01, 0.09, 2),))
    assert "One garbage collection stopped everything for 80 ms." in timeline(panel(one)).sentence


def test_a_collection_that_began_before_the_step_and_took_most_of_it_is_named() -> None:
    # Another thread's: longer than the step, and with its middle outside of it.
    long_ago = replace(collecting(), pauses=(Pause(-0.2, 0.09, 2),))
    assert any("garbage collection (gen 2)" in text for text in texts(timeline(panel(long_ago))))


def test_notes_stand_under_the_sentence_in_small() -> None:
    what = replace(on_a_loop(fetches(2), notes=("The recording was <cut short>.",)), events=1, cost=0.000001)
    chart = timeline(panel(what))
    assert chart.note.startswith(
        "The recording was <cut short>. Recording 1 step, with a look every few milliseconds, cost under 0.01 ms"
    )
    assert "The recording was &lt;cut short&gt;." in chart.html()
    assert chart.html().count(chart.sentence) == 2  # as alternative text and under the image


def test_facts_are_counted_as_by_hand() -> None:
    seen = task_facts(one_blocks())
    assert (seen.noun, seen.count, seen.jobs) == ("task", 12, 0)
    assert seen.stuck is not None and seen.stuck.behind == "fetch #4"
    ready = one_blocks().spans.query("state == 1 and row > 0")
    assert seen.ready_most == most_at_once(ready["start"], ready["end"])
    assert task_facts(jobs_of_tasks()).jobs == 1
    assert (task_facts(one_by_one(5)).noun, task_facts(one_by_one(5)).count) == ("request", 5)


def test_who_blocks_from_outside_is_named() -> None:
    blocks = (Block(OUTSIDE, 0.01, 0.09, "on_response()", "parse()", "cell, line 9"), Block(OUTSIDE, 0.15, 0.17))
    chart = timeline(panel(replace(on_a_loop([[0.0001, 0.3, 0.0001]]), blocks=blocks)))
    assert "the longest was on_response() for 80 ms at parse() (cell, line 9)." in chart.sentence
    assert "something outside the block held the loop for 20 ms" in texts(chart)


# ---- the two views


def test_the_view_decides_what_is_drawn_and_requests_are_the_fallback() -> None:
    def drawn_view(run: Panel, **view: Any) -> str:
        labels = {axes.get_label() for axes in timeline(run, **view).axes}
        return "tasks" if "tasks" in labels else "requests" if "requests" in labels else "?"

    run = panel(one_blocks())
    assert drawn_view(run) == drawn_view(run, view="tasks") == "tasks"
    assert drawn_view(run, view="requests") == "requests"
    assert drawn_view(panel(None)) == "requests"


def test_side_by_side_draws_requests_where_any_run_has_no_tasks() -> None:
    with_tasks, without = panel(one_blocks()), panel(None, title="other")
    assert "ready, loop held" in texts(side_by_side([with_tasks, with_tasks]))
    for chart in (side_by_side([with_tasks, without]), side_by_side([with_tasks, with_tasks], view="requests")):
        assert "ready, loop held" not in texts(chart)


@pytest.mark.parametrize("draw", [timeline, lambda run, **view: side_by_side([run, run], **view)])
def test_an_unknown_view_is_refused(draw: Any) -> None:
    with pytest.raises(ValueError, match="view is 'tasks' or 'requests', not 'steps'"):
        draw(panel(one_blocks()), view="steps")


def test_three_ways_to_wait_share_an_axis_and_have_their_lengths() -> None:
    runs = [panel(one_by_one(20), "plain"), panel(in_threads(20, 4), "pool"), panel(on_a_loop(fetches(20)), "loop")]
    chart = side_by_side(runs)
    plots = [axes_of(chart, name) for name in ("plain", "pool", "loop")]
    assert len({axes.get_xlim() for axes in plots}) == 1
    written = texts(chart)
    assert {"2.04 s", "0.51 s", "0.15 s"} <= set(written)
    # The cell itself, which only waits for the others, has no row.
    assert [[label.get_text() for label in axes.get_yticklabels()] for axes in plots] == [["1", "20"]] * 3
    assert {"running", "ready, no loop or thread free", "waiting"} <= set(written)


def test_a_cell_that_blocks_keeps_its_row_side_by_side() -> None:
    what = on_a_loop(fetches(3))
    what.spans.loc[0, ["state", "end"]] = [BLOCKING, 0.02]
    chart = side_by_side([panel(what), panel(on_a_loop(fetches(3)), "other")])
    ends = [axes_of(chart, name).get_yticklabels()[-1].get_text() for name in ("a run", "other")]
    assert [len(axes_of(chart, name).get_yticks()) for name in ("a run", "other")] == [4, 3]
    assert ends == ["fetch #3", "fetch #3"]


def test_a_block_without_other_tasks_is_said_to_have_made_its_requests_itself() -> None:
    row, span = ("cell", "task", 0.0, 0.3), (0, WAITING, 0.0, 0.3)
    alone = activity("loop", [row], [span], 0.3, busy=np.array([(0.0, 0.003)]))
    one = pandas.DataFrame(
        [dict.fromkeys(COLUMNS, 0) | {"method": "GET", "url": "/a", "path": "/a", "library": "aiohttp", "ok": True}]
    )
    chart = side_by_side([panel(alone, "with one", requests=one), panel(alone, "with none")])
    written = " ".join(texts(chart))
    assert "1 request by the block's own code, on one event loop" in written
    assert "the block's own code alone, on one event loop" in written
    assert "with one: 1 request took 300 ms, the loop held for 1 % of it." in chart.sentence
    assert "with none: it took 300 ms" in chart.sentence


def test_equal_work_is_compared_and_other_work_is_not() -> None:
    def said(one: Activity, other: Activity) -> str:
        return side_by_side([panel(one, "one"), panel(other, "other")]).sentence

    assert "“one” took 13 times as long as “other”." in said(red_staircase(20), on_a_loop(fetches(20)))
    assert "times as long" not in said(red_staircase(20), on_a_loop(fetches(3)))


def test_ten_thousand_tasks_are_no_more_to_draw_than_a_thousand() -> None:
    # A patch for each bar took two minutes.
    def parts(tasks: int) -> int:
        return len(timeline(panel(on_a_loop([[0.00003, 0.02 + 0.0003 * i, 0.00003] for i in range(tasks)]))).findobj())

    assert parts(10_000) < parts(1_000) + 100
