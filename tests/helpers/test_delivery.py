"""The chart of ways of delivery: a dot a way, requests against lateness, and the words for it."""

from typing import Any

import pytest

from helpers import delivery as of_runs
from helpers.charts.runs.delivery_ways import Way, delivery, sentence

WAYS = [
    Way("polling", [0.1, 0.2, 0.3], 900),
    Way("long polling", [0.010, 0.020, 0.030], 600),
    Way("WebSocket", [0.001, 0.002, 0.009], 20),
]


def test_the_title_names_the_soonest_and_the_one_that_asks_most() -> None:
    texts = [text.get_text() for axes in delivery(WAYS, "20 clients").axes for text in axes.texts]
    assert any("“WebSocket” delivers soonest; “polling” asks most" in text for text in texts)
    assert any("20 clients" in text for text in texts)
    for way in WAYS:
        assert any(way.name in text for text in texts)


def test_the_sentence_has_the_numbers_of_each_way() -> None:
    said = sentence(WAYS)
    assert said.startswith("Polling: 900 requests, median 200 ms, p90 280 ms; long polling: 600 requests")
    assert said == delivery(WAYS).sentence


def test_each_dot_stands_at_its_requests_and_its_median() -> None:
    axes = next(axes for axes in delivery(WAYS).axes if axes.get_label() == "ways")
    dots = {(float(x), round(float(y), 6)) for line in axes.lines for x, y in [line.get_xydata()[0]]}
    dots |= {(float(x), round(float(y), 6)) for each in axes.collections for x, y in each.get_offsets()}
    for way in WAYS:
        assert (float(way.requests), round(way.percentile(50), 6)) in dots


def test_no_name_lies_on_another_one_on_a_dot_or_on_the_axis() -> None:
    close = [Way(f"way number {n}", [0.001 + n / 10_000, 0.003], 20) for n in range(4)]
    chart = delivery([*WAYS[:2], *close])
    chart.draw_without_rendering()
    canvas, axes = (next(each for each in chart.axes if each.get_label() == name) for name in ("canvas", "ways"))
    names = [text for text in canvas.texts if text.get_text() in {way.name for way in [*WAYS, *close]}]
    medians = [text for text in canvas.texts if text.get_text().startswith("median ")]
    boxes = [text.get_window_extent() for text in (*names, *medians)]
    assert len(boxes) == 12 and all(box.y0 > axes.get_window_extent().y0 for box in boxes)
    dots = [
        axes.transData.transform(each.get_offsets())[0] for each in axes.collections if each.get_label() != "to p90"
    ]
    assert len(dots) == 6
    for number, box in enumerate(boxes):
        assert not any(box.contains(*dot) for dot in dots)
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def title(ways: list[Way]) -> str:
    return max(
        (text for axes in delivery(ways).axes for text in axes.texts), key=lambda text: text.get_size()
    ).get_text()


def test_ways_that_are_alike_are_not_ranked() -> None:
    events = Way("events", [0.0015, 0.003], 20)
    assert title([*WAYS, events]) == "“WebSocket” and “events” deliver soonest; “polling” asks most"
    assert title([*WAYS, events, Way("hand", [0.0018], 30)]).startswith("3 ways deliver about equally soon; ")
    assert title(WAYS[:1]) == "“polling” delivers soonest"


def test_ways_with_equally_many_requests_stand_side_by_side() -> None:
    axes = next(axes for axes in delivery([*WAYS, Way("events", [0.001], 20)]).axes if axes.get_label() == "ways")
    across = sorted(float(x) for each in axes.collections for x, _ in each.get_offsets())
    assert across[0] < 20 < across[1] < 1.2 * across[0]


@pytest.mark.parametrize(
    ("ways", "says"),
    [
        ([], "between 1 and 6 ways"),
        ([*WAYS, *WAYS, *WAYS], "between 1 and 6 ways"),
        ([Way("silent", [], 3)], "silent delivered nothing"),
        ([Way("unseen", [0.1], 0)], "unseen delivered nothing"),
    ],
)
def test_what_cannot_be_drawn_is_named(ways: list[Way], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        delivery(ways)


def test_what_is_no_run_is_named() -> None:
    not_a_run: Any = "a run"
    with pytest.raises(TypeError, match="'polling' needs a measured run"):
        of_runs({"polling": (not_a_run, [0.1])})
