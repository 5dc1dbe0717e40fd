"""The chart of deliveries that add up: its lines, its words, and what it refuses."""

import pytest

from helpers import delivered

TIMES = {"gather": [0.3, 0.1, 0.2], "queues": [0.1, 0.2, 0.3, 0.4], "nobody": []}


def test_each_line_rises_by_one_at_each_delivery_and_stays() -> None:
    axes = next(axes for axes in delivered(TIMES, of=4).axes if axes.get_label() == "counts")
    lines = {line.get_label(): [tuple(map(float, point)) for point in line.get_xydata()] for line in axes.lines}
    assert lines["gather"][:4] == [(0, 0), (0.1, 1), (0.2, 2), (0.3, 3)]
    assert lines["gather"][-1][1] == 3 and lines["queues"][-1][1] == 4 and lines["nobody"][-1][1] == 0
    assert lines["gather"][-1][0] == lines["queues"][-1][0] > 0.4


def test_words() -> None:
    chart = delivered(TIMES, of=4)
    assert "Gather: 3 messages of 4, the last after 300 ms." in chart.sentence
    assert chart.sentence.endswith("Nobody: 0 messages of 4.")
    texts = [text.get_text() for axes in chart.axes for text in axes.texts]
    assert "“queues” delivered 4 of 4; “nobody” delivered 0 of 4" in texts
    assert {"3 of 4", "4 of 4", "0 of 4"} <= set(texts)
    alone = [text.get_text() for axes in delivered({"all": [0.1]}, of=1).axes for text in axes.texts]
    assert "“all” delivered 1 of 1" in alone


def test_what_cannot_be_drawn_is_named() -> None:
    with pytest.raises(ValueError, match="between 1 and 6 lines"):
        delivered({}, of=4)
    with pytest.raises(ValueError, match="'gather' delivered 3 messages of 2"):
        delivered({"gather": TIMES["gather"]}, of=2)
