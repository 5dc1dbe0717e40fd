"""The key of a timeline has what is drawn, and all of it, in every kind of chart."""

from dataclasses import replace
from typing import Any

import pytest
from activities import on_a_loop, outcomes, panel
from test_charts import staircase, with_losses

from helpers.charts import Chart, side_by_side, timeline
from helpers.charts.canvas.canvas import Header, Key
from helpers.charts.canvas.style import WIDTH
from helpers.charts.inputs.activity import Activity, Pause

REPLY, HELD, COLLECTION = "a reply arrives", "the loop is held", "garbage collection"
DRAW = [timeline, lambda run: side_by_side([run, run])]


def quiet() -> Activity:
    return on_a_loop([[0.0003, 0.1, 0.0005]] * 4)


def blocked(*replies: float) -> Activity:
    """A task holds the loop for 0.15 s, and replies arrive meanwhile."""
    what = on_a_loop([[0.0003, 0.1, 0.0005], [0.0003, 0.1, 0.15]])
    return replace(what, blocks=tuple(replace(block, replies=replies) for block in what.blocks))


def collecting(seconds: float) -> Activity:
    return replace(quiet(), pauses=(Pause(0.05, 0.05 + seconds, 2),))


def texts(chart: Chart) -> list[str]:
    return [text.get_text() for axes in chart.axes if axes.get_label() == "canvas" for text in axes.texts]


def drawn(chart: Chart, label: str) -> list[Any]:
    """What has that label in any plot."""
    plots = [axes for axes in chart.axes if axes.get_label() != "canvas"]
    return [each for axes in plots for each in axes.collections if each.get_label() == label]


@pytest.mark.parametrize("draw", DRAW, ids=["one", "several"])
def test_a_reply_that_is_in_the_key_is_drawn(draw: Any) -> None:
    chart = draw(panel(blocked(0.12, 0.2)))
    assert REPLY in texts(chart)
    marks = drawn(chart, REPLY)
    assert marks and all(mark.get_offsets()[:, 0].tolist() == [0.12, 0.2] for mark in marks)
    assert REPLY not in texts(draw(panel(blocked()))) and not drawn(draw(panel(blocked())), REPLY)


@pytest.mark.parametrize("draw", DRAW, ids=["one", "several"])
def test_every_band_is_in_the_key_and_says_which_kind_it_is(draw: Any) -> None:
    for what, named in ((quiet(), []), (blocked(), [HELD]), (collecting(0.02), [COLLECTION])):
        chart = draw(panel(what))
        assert [text for text in texts(chart) if text in (HELD, COLLECTION)] == named
        assert bool(drawn(chart, "band")) == bool(named)
        stripes = drawn(chart, COLLECTION)
        assert bool(stripes) == (named == [COLLECTION]) and all(each.get_hatch() for each in stripes)
    both = replace(blocked(), pauses=(Pause(0.02, 0.06, 1), Pause(0.15, 0.2, 2)))
    assert [text for text in texts(draw(panel(both))) if text in (HELD, COLLECTION)] == [HELD, COLLECTION]
    # The second one is in the step's own band.
    assert [len(each.get_paths()) for each in drawn(draw(panel(both)), COLLECTION)][:1] == [1]


@pytest.mark.parametrize("draw", DRAW, ids=["one", "several"])
def test_a_collection_too_short_to_be_drawn_is_in_no_key(draw: Any) -> None:
    chart = draw(panel(collecting(1e-5)))
    assert COLLECTION not in texts(chart) and not drawn(chart, "band")


def test_failures_have_the_mark_in_the_key_that_they_have_in_the_chart() -> None:
    few, many = timeline(with_losses(20)), timeline(with_losses(600))
    assert {"failed", "unfinished"} <= set(texts(few))
    assert "failed or unfinished" in texts(many) and not {"failed", "unfinished"} & set(texts(many))
    whole = timeline(staircase(600))
    assert not any("failed" in text for text in texts(whole))


def test_a_key_that_is_wider_than_the_chart_goes_on_in_a_second_line() -> None:
    keys = [Key(f"a meaning with a number {number}", "#000000") for number in range(9)]
    one, two = Header("title", [], keys[:3]), Header("title", [], keys)
    lines = two._key_lines
    assert len(lines) > 1 and [key for line in lines for key in line] == keys
    assert all(sum(key.width for key in line) <= WIDTH for line in lines)
    assert two.height > one.height


def test_all_that_can_be_in_a_key_has_room() -> None:
    ends = {"r1": ("error", "E"), "r2": ("cancelled", ""), "r3": ("pending", "")}
    what = outcomes(on_a_loop([[0.0003, 0.1, 0.15], *[[0.0003, 0.1, 0.0005]] * 3]), **ends)
    what = replace(what, blocks=tuple(replace(block, replies=(0.2,)) for block in what.blocks))
    chart = timeline(panel(replace(what, pauses=(Pause(0.02, 0.06, 1),))))
    canvas = next(axes for axes in chart.axes if axes.get_label() == "canvas")
    chart.canvas.draw()
    right = [text.get_window_extent().x1 for text in canvas.texts if text.get_text()]
    assert max(right) <= chart.bbox.width
