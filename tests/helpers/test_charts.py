"""The charts: what they count, what they say, and that any table can be drawn."""

import html
import random
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import pytest
from activities import batched
from written import clashes

from helpers.charts import Chart, Panel, latency, side_by_side, timeline
from helpers.charts.canvas.style import FONT, PHASES, WIDTH, drawable, shorten, text_width
from helpers.charts.inputs.in_flight import highest_per_column, levels, most_at_once
from helpers.charts.requests.bars import extents
from helpers.charts.requests.facts import facts, spread
from helpers.charts.requests.raster import draw_raster
from helpers.page import words

PHASE_NAMES = [phase.name for phase in PHASES]


def request(start: float, waiting: float = 0.1, **more: Any) -> dict[str, Any]:
    """One row of a run's table, as `helpers.charts.inputs.panel.COLUMNS` describes it."""
    row = {
        "method": "GET", "path": "/countries/FR", "library": "aiohttp", "start": start, "queued": 0.0,
        "connecting": 0.0, "sending": 0.0, "waiting": waiting, "reading": 0.0, "status": 200, "bytes": 300,
        "connection": "new", "error": "",
    } | more  # fmt: skip
    row.setdefault("url", f"http://127.0.0.1:8000{row['path']}")
    row["latency"] = sum(row[name] for name in PHASE_NAMES)
    row["end"] = start + row["latency"]
    return row


def table(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    frame = pandas.DataFrame(rows, columns=list(request(0)))
    frame["status"] = frame["status"].astype("Int64")
    frame["ok"] = ((frame["status"] < 400).fillna(False) & (frame["error"] == "")).astype(bool)
    return frame


def panel(rows: list[dict[str, Any]], wall: float | None = None, **more: Any) -> Panel:
    wall = max((row["end"] for row in rows), default=0.5) + 0.001 if wall is None else wall
    return Panel(**{"title": "a run", "requests": table(rows), "wall": wall} | more)


def staircase(count: int, **more: Any) -> Panel:
    return panel([request(0.1 * i + 0.0001, 0.0999) for i in range(count)], **more)


def together(count: int, **more: Any) -> Panel:
    return panel([request(0.0001 * i) for i in range(count)], **more)


def queueing(count: int, limit: int, **more: Any) -> Panel:
    """All started at once, so many at a time on the wire."""
    return panel([request(0.0, queued=(i // limit) * 0.1) for i in range(count)], **more)


def with_losses(count: int = 20, **more: Any) -> Panel:
    rows = [request(0.001 * i) for i in range(count)]
    rows[3] |= {"status": None, "error": "TimeoutError"}
    rows[4] |= {"status": None, "error": "TimeoutError"}
    rows[7] |= {"status": 503}
    rows[9] |= {"status": None, "error": "unfinished"}
    return panel(rows, **more)


def texts(chart: Chart) -> str:
    """All that is written on a chart, a line for each piece."""
    found = [text.get_text() for axes in chart.axes for text in axes.texts]
    found += [label.get_text() for axes in chart.axes for label in axes.get_yticklabels()]
    return "\n".join(found)


def axes_of(chart: Chart, label: str) -> Any:
    return next(axes for axes in chart.axes if axes.get_label() == label)


def line_at(axes: Any, label: str) -> float | None:
    found = [line.get_xdata()[0] for line in axes.lines if line.get_label() == label]
    return float(found[0]) if found else None


ODD = {
    "none": panel([], wall=2.1, predict=0.5, outcome="interrupted"),
    "none in no time": panel([], wall=0.0, predict=0.5),
    "one": panel([request(0.001, connecting=0.0003, sending=0.0001, reading=0.0002)]),
    "one that failed": panel([request(0.001, status=None, error="ReadTimeout")], outcome="error: ReadTimeout"),
    "one in no time": panel([request(0.0, 0.0)], wall=0.0),
    "30": staircase(30, predict=0.5),
    "300": queueing(300, 100, predict=100.0),
    "losses": with_losses(outcome="error: TimeoutError"),
    "many losses": with_losses(600),
    "all failed": panel([request(i, status=None, error="ClientConnectorError") for i in range(40)]),
    "all refused at once": panel([request(0.0, 0.0, status=None, error="Refused") for _ in range(5)], wall=0.001),
    "all unfinished": panel([request(0.0, status=None, error="unfinished") for _ in range(5)], outcome="interrupted"),
    "no status": panel([request(0.0, status=None), request(0.0)]),
    "all queued to the end": panel([request(0.0, 0.0, queued=0.1, status=None, error="TimeoutError")] * 3),
    "outlasting": panel([request(0.0), request(0.0, 0.9)], wall=0.2),
    "before the block": panel([request(-0.001), request(0.0)], wall=0.2, seen_by="server"),
    "a millisecond": panel([request(0.0, 0.0001), request(0.0005, 0.0001)], wall=0.001, predict=0.0000001),
    "long and strange names": panel(
        [request(0.1 * i, path=f"/{'länder' * 40}/日本/$x^2$/{i}", error="Err\nor" * 30 * (i % 2)) for i in range(4)],
        title="日本 \N{SNAKE} $a_b$ \n " + "title " * 60,
    ),
}


# ---- counting


def test_in_flight_is_counted_as_by_brute_force() -> None:
    chance = random.Random(7)
    for _ in range(200):
        # Few different times, so that ends and begins often fall on the same instant.
        pairs = [sorted((chance.randrange(12), chance.randrange(12))) for _ in range(chance.randrange(15))]
        begins, ends = [a for a, _ in pairs], [b for _, b in pairs]
        counted = [sum(a <= moment < b for a, b in pairs) for moment in range(12)]
        assert most_at_once(begins, ends) == max(counted)
        times, level = levels(begins, ends)
        drawn = [int(np.append(0, level)[np.searchsorted(times, moment, side="right")]) for moment in range(12)]
        assert drawn == counted


def test_an_end_at_the_same_instant_as_a_begin_is_no_overlap() -> None:
    assert most_at_once([0.0, 0.1], [0.1, 0.2]) == 1
    assert most_at_once([0.0, 0.0999], [0.1, 0.2]) == 2
    # 0.1 + 0.2 is a little more than 0.3: the clock is not as fine as that.
    assert most_at_once([0.0, 0.3], [0.1 + 0.2, 0.5]) == 1


def test_a_column_of_the_strip_shows_its_highest_level() -> None:
    times, level = levels([0.0, 0.41, 2.5], [0.4, 0.42, 4.0])
    assert highest_per_column(times, level, np.array([0.0, 1.0, 2.0, 3.0, 4.0])).tolist() == [1, 0, 1, 1]


def test_queued_requests_are_not_in_flight() -> None:
    seen = facts(queueing(300, 100))
    assert (seen.peak, seen.queue) == (100, 200)
    assert seen.together == pytest.approx(30)


def test_a_request_is_in_flight_once_it_has_a_connection() -> None:
    assert facts(panel([request(0.0, 0.1, connecting=0.1), request(0.25, 0.1, connecting=0.1)])).peak == 1
    assert facts(panel([request(0.0, 0.1), request(0.05, 0.1)])).peak == 2


def test_the_servers_count_is_told_where_it_differs() -> None:
    assert "The server counted at most 12 at once." in timeline(together(20, server_peak=12)).sentence
    assert "The server" not in timeline(together(20, server_peak=20)).sentence


def test_failures_are_counted_by_reason() -> None:
    seen = facts(with_losses())
    assert dict(seen.failed) == {"TimeoutError": 2, "status 503": 1}
    assert (seen.unfinished, seen.lost) == (1, 4)


def test_a_failure_counts_in_the_whole_of_a_distribution() -> None:
    rows = [request(i, i + 1.0) for i in range(10)]
    rows[9] |= {"status": 500}
    whole = spread(panel(rows))
    assert len(whole.good) == 9
    assert [whole.quantile(share) for share in (0.1, 0.5, 0.9, 0.95)] == [1.0, 5.0, 9.0, None]


def test_every_phase_that_lasted_is_a_pixel_wide_at_least() -> None:
    rows = table([request(0.0, 0.5, connecting=1e-9, sending=1e-9, reading=1e-9), request(1.0, 0.0, sending=0.25)])
    drawn = {phase.name: (right - left).tolist() for phase, left, right in extents(rows, pixel=0.01)}
    assert drawn["connecting"] == pytest.approx([0.01, 0])
    assert drawn["sending"] == pytest.approx([0.01, 0.25])
    assert drawn["waiting"] == pytest.approx([0.48, 0])
    assert drawn["reading"] == pytest.approx([0.01, 0])


def test_a_density_has_the_colours_of_its_phases_and_of_the_ground() -> None:
    from matplotlib.figure import Figure

    axes = Figure().add_axes((0, 0, 1, 1))
    rows = [request(0.0, 0.5, status=500 if i == 999 else 200) for i in range(1000)]
    draw_raster(axes, table(rows), seconds=1.0, width=100, height=100)
    image = np.asarray(axes.images[0].get_array())
    assert image.shape == (200, 200, 3)
    waiting = next(phase.colour for phase in PHASES if phase.name == "waiting")
    assert "#{:02x}{:02x}{:02x}".format(*image[0, 50]) == waiting
    assert image[0, 150].tolist() == [255, 255, 255]
    red = (image == [0xC8, 0x20, 0x2F]).all(axis=2)
    assert red[190:, 90:110].any()
    assert not red[:180].any()


# ---- words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "under 0.01 ms"), (0.000004, "under 0.01 ms"), (0.00031, "0.31 ms"), (0.0043, "4.3 ms"),
        (0.00996, "10 ms"), (0.1101, "110 ms"), (0.9994, "999 ms"), (0.9996, "1.00 s"), (2.1, "2.10 s"),
        (9.999, "10.0 s"), (12.34, "12.3 s"), (99.96, "100 s"), (12345, "12,300 s"),
    ],
)  # fmt: skip
def test_seconds(value: float, said: str) -> None:
    assert words.seconds(value) == said


def test_times_to_compare_share_a_unit() -> None:
    assert words.seconds_alike([2.1, 0.11]) == ["2.10 s", "0.11 s"]
    assert words.seconds_alike([2.1, 0.064]) == ["2.10 s", "0.064 s"]
    assert words.seconds_alike([2.1, 0.004]) == ["2.10 s", "4.0 ms"]
    assert words.seconds_alike([0.2, 0.1]) == ["200 ms", "100 ms"]


def test_a_share_is_not_rounded_to_nothing_or_to_all() -> None:
    assert [words.percent(share) for share in (0, 0.001, 0.5, 0.999, 1, 1.04)] == [
        "0 %", "under 1 %", "50 %", "over 99 %", "100 %", "104 %",
    ]  # fmt: skip


def test_a_long_text_loses_its_middle() -> None:
    short = shorten("/countries/" + "x" * 200 + "/end", 120, 9)
    assert short.startswith("/count") and short.endswith("/end") and "…" in short
    assert text_width(short, 9) <= 120
    assert shorten("short", 120, 9) == "short"


def test_a_character_that_no_font_has_becomes_a_box() -> None:
    assert drawable("Zürich \u0378\n\u0379") == "Zürich \N{WHITE SQUARE} \N{WHITE SQUARE}"


def test_sentence_of_one_after_another() -> None:
    sentence = timeline(staircase(20, wall=2.0)).sentence
    assert sentence == (
        "20 requests took 2.00 s, one after another: at most 1 was in flight, "
        "and their own times in flight add up to 2.00 s, over 99 % of it."
    )


def test_sentence_of_one_after_another_with_pauses() -> None:
    sentence = timeline(panel([request(0.0), request(0.5)], wall=1.0)).sentence
    assert "add up to 200 ms, 20 % of it; for the rest of the time none was in flight." in sentence


def test_requests_that_overlap_are_not_called_one_after_another() -> None:
    # Never two on the wire, but the second queues, or connects, while the first is under way.
    for phase in ("queued", "connecting"):
        chart = timeline(panel([request(0.0), request(0.0, **{phase: 0.1})]))
        assert "at most 1 was in flight" in chart.sentence and "up to 1 in flight" in texts(chart)
        assert "one after another" not in chart.sentence and "one at a time" not in texts(chart)


def test_connecting_is_not_drawn_as_queueing() -> None:
    def top_of_the_queue(phase: str) -> float:
        rows = [request(0.0, 0.4), request(0.0, 0.4, queued=0.4), request(0.0, 0.4, **{phase: 0.4})]
        areas = axes_of(timeline(panel(rows)), "in flight").collections
        queue = next(area for area in areas if area.get_label() == "queued")
        return float(queue.get_paths()[0].get_extents().y1)

    # At first one is in flight and one is queued; the third one queues as well, or connects.
    assert (top_of_the_queue("queued"), top_of_the_queue("connecting")) == (3, 2)


def test_sentence_of_all_at_once() -> None:
    sentence = timeline(together(20, wall=0.11)).sentence
    assert "20 requests took 110 ms: up to 20 were in flight at once." in sentence
    assert "add up to 2.00 s, 18 times as long as the block, because they waited at the same time." in sentence


def test_sentence_claims_no_overlap_that_there_was_not() -> None:
    barely = panel([request(0.0, 0.5), request(0.49, 0.5)], wall=1.0)
    assert facts(barely).peak == 2
    assert "because" not in timeline(barely).sentence
    late = panel([request(0.0, 9.0), request(0.1, 0.05)], wall=0.2)
    assert "because" not in timeline(late).sentence
    assert "1 request went on after the block had ended." in timeline(late).sentence


def test_sentence_with_a_queue() -> None:
    chart = timeline(queueing(300, 100))
    assert "up to 100 were in flight at once, and up to 200 queued for a connection" in chart.sentence
    assert "a run: 300 requests in 301 ms, up to 100 in flight, up to 200 queued" in texts(chart)


def test_sentence_with_losses() -> None:
    chart = timeline(with_losses(outcome="error: TimeoutError"))
    assert "3 of 20 failed (2 TimeoutError, 1 with status 503)." in chart.sentence
    assert "1 of 20 was unfinished when the block ended." in chart.sentence
    assert "The block ended with TimeoutError." in chart.sentence
    written = texts(chart)
    assert "3 failed and 1 unfinished" in written
    assert "the block ended with TimeoutError" in written
    assert "16 answered 200, 1 answered 503, 2 TimeoutError, 1 unfinished" in written


def test_sentence_of_a_single_request_names_its_phases() -> None:
    one = timeline(ODD["one"]).sentence
    assert one.startswith(
        "1 request took 101 ms of the block's 103 ms: 0.30 ms connecting, 0.10 ms sending, 100 ms wait"
    )
    assert "It failed (ReadTimeout)." in timeline(ODD["one that failed"]).sentence


def test_sentence_without_requests() -> None:
    sentence = timeline(ODD["none"]).sentence
    assert sentence.startswith("The block took 2.10 s, and no request was seen in it. The block was interrupted.")


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (0.5, "That is 4.0 times your guess of 0.5 s."),
        (1.9, "Your guess of 1.9 s was close."),
        (20, "Your guess of 20 s was 10 times that."),
    ],
)
def test_sentence_judges_the_guess(guess: float, said: str) -> None:
    assert timeline(staircase(20, wall=2.0, predict=guess)).sentence.endswith(said)
    assert "guess" not in timeline(staircase(20)).sentence


def test_the_same_requests_are_compared() -> None:
    chart = side_by_side([
        staircase(20, wall=2.1, title="one after another"), together(20, wall=0.11, title="all at once")
    ])  # fmt: skip
    assert "Same 20 requests: 2.10 s (one after another), 0.11 s (all at once)" in texts(chart)
    assert "“one after another” took 19 times as long as “all at once”" in chart.sentence


def test_equal_lengths_get_no_winner() -> None:
    sentence = side_by_side([together(20, wall=0.110), together(20, wall=0.112)]).sentence
    assert "equally long" in sentence
    assert "times as long" not in sentence


def other_path() -> Panel:
    return panel([request(0.1 * i, path="/other") for i in range(20)])


@pytest.mark.parametrize("other", [together(21), other_path()], ids=["number", "path"])
def test_different_requests_are_not_called_the_same(other: Panel) -> None:
    chart = side_by_side([staircase(20), other])
    assert "Same" not in texts(chart)
    assert "did not make the same requests" in chart.sentence
    assert "times as long" not in chart.sentence


def test_who_asks_and_on_which_port_makes_no_other_request() -> None:
    rows = [[request(0.0, url=f"http://127.0.0.1:{port}/x?delay=1&client={port}")] for port in (8000, 8001)]
    assert "Same request" in texts(side_by_side([panel(each) for each in rows]))


def test_runs_with_failures_get_no_ratio() -> None:
    chart = side_by_side([with_losses(wall=2.0), together(20, wall=0.2)])
    assert "3 failed and 1 unfinished" in chart.sentence
    assert "times as long" not in chart.sentence


def test_panels_of_one_title_are_told_apart() -> None:
    chart = side_by_side([together(5), staircase(5), together(5, title="other")])
    assert {"a run #1", "a run #2", "other"} <= set(texts(chart).splitlines())


def test_latency_sentence_gives_percentiles_only_where_there_are_enough_requests() -> None:
    said = {count: latency([together(count)]).sentence for count in (71, 72, 367, 368)}
    assert "too few for p95: 71 of 72" in said[71] and "p99" not in said[71]
    assert "p95 100 ms (100-100 ms), too few for p99: 72 of 368" in said[72]
    assert "too few for p99: 367 of 368" in said[367]
    assert "p95 100 ms (100-100 ms), p99 100 ms (100-100 ms)" in said[368]


def test_a_percentile_is_marked_only_where_it_has_an_interval() -> None:
    marked = {}
    for count in (5, 6, 71, 72, 367, 368):
        chart = latency([together(count)])
        named = [marks.get_label() for marks in axes_of(chart, "latency").collections]
        marked[count] = [name for name in named if name in ("p50", "p95", "p99")]
        assert ("too few for" in texts(chart)) is (count < 368)
    assert marked == {
        5: [], 6: ["p50"], 71: ["p50"], 72: ["p50", "p95"], 367: ["p50", "p95"], 368: ["p50", "p95", "p99"],
    }  # fmt: skip
    assert "too few for p99: 100 of 368" in texts(latency([together(100)]))
    assert "too few for p99: 100 of 368" in texts(latency([together(100), together(400)]))


def test_an_interval_is_as_wide_as_the_requests_differ() -> None:
    rows = [request(0.0, 0.1 + 0.001 * number) for number in range(100)]
    assert "p95 194 ms (189-199 ms)" in latency([panel(rows)]).sentence
    assert "p95 194 ms (189-199 ms)" in texts(latency([panel(rows)]))
    for row in rows[96:]:
        row["status"] = 503
    # Four failures of a hundred may well have been six, and then the percentile is never reached.
    assert "p95 194 ms (189 ms or more)" in latency([panel(rows)]).sentence
    assert "independent" in latency([panel(rows)]).note and not latency([together(20)]).note


def test_the_percentiles_in_words_keep_off_the_curve() -> None:
    late = [request(0.0, 0.1), *(request(0.0, 0.5 - 0.0001 * number) for number in range(99))]
    for rows, right in ((late, False), ([request(0.0, 0.1 + 0.001 * number**2) for number in range(100)], True)):
        written = next(text for text in axes_of(latency([panel(rows)]), "canvas").texts if "p99" in text.get_text())
        assert (written.get_position()[0] > WIDTH / 2) is right


def test_latency_sentence_counts_failures() -> None:
    sentence = latency([with_losses()]).sentence
    assert "3 of 20 failed (2 TimeoutError, 1 with status 503), and a failure counts as never answered." in sentence
    mostly = panel([request(0.0, status=500 if i else 200) for i in range(10)])
    assert "only 1 of 10 requests had a good answer, so there is no median" in latency([mostly]).sentence.lower()
    lossy = panel([request(0.0, status=500 if i < 10 else 200) for i in range(100)])
    assert "p95 never reached" in latency([lossy]).sentence


def test_latency_tells_of_a_slow_first_request() -> None:
    rows = [request(0.0, 0.5), *(request(0.5 + i, 0.1) for i in range(9))]
    assert "The first request took 500 ms, 5.0 times the median." in latency([panel(rows)]).sentence
    assert "first request" not in latency([staircase(10)]).sentence


# ---- drawing


def assert_drawn(chart: Chart) -> None:
    """It can be drawn, says something of all that it shows, and what is written is on it, and on nothing written."""
    assert clashes(chart) == []
    assert chart.sentence.endswith(".")
    assert "nan" not in chart.sentence and "inf" not in chart.sentence.replace("in flight", "")
    assert chart.get_figheight() * 100 <= (590 if chart.zoom == 1 else 640)
    renderer = chart.canvas.get_renderer()
    for text in axes_of(chart, "canvas").texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= chart.get_figwidth() * 100 + 1, text.get_text()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("draw", [timeline, lambda run: latency([run])], ids=["timeline", "latency"])
@pytest.mark.usefixtures("any_size")
@pytest.mark.filterwarnings("error")
def test_any_run_can_be_drawn(name: str, draw: Callable[[Panel], Chart]) -> None:
    assert_drawn(draw(ODD[name]))


@pytest.mark.parametrize("names", batched(ODD, 3), ids=", ".join)
@pytest.mark.parametrize("draw", [latency, side_by_side], ids=["latency", "side_by_side"])
@pytest.mark.usefixtures("any_size")
@pytest.mark.filterwarnings("error")
def test_any_runs_can_be_drawn_together(names: list[str], draw: Callable[[list[Panel]], Chart]) -> None:
    assert_drawn(draw([ODD[name] for name in names]))


def test_a_timeline_has_a_named_bar_for_each_request() -> None:
    rows = [request(0.01 * i, path=path) for i, path in enumerate(["/a", "/b", "/a", "/c"])]
    rows[3]["method"] = "POST"
    axes = axes_of(timeline(panel(rows)), "requests")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["/a #1", "/b", "/a #2", "POST /c"]
    waiting = next(bars for bars in axes.collections if bars.get_label() == "waiting")
    bars = [path.get_extents() for path in waiting.get_paths()]
    assert len(bars) == 4
    assert [bar.x0 for bar in bars] == pytest.approx([0.0, 0.01, 0.02, 0.03])
    assert [bar.x1 for bar in bars] == pytest.approx([0.1, 0.11, 0.12, 0.13])
    assert [(bar.y0 + bar.y1) / 2 for bar in bars] == pytest.approx([0, 1, 2, 3])
    # The first request is at the top.
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_names_stop_at_thirty_rows_and_bars_at_five_hundred() -> None:
    def drawn(count: int) -> tuple[bool, int, int]:
        axes = axes_of(timeline(together(count)), "requests")
        named = "/countries" in "".join(label.get_text() for label in axes.get_yticklabels())
        return named, sum(len(each.get_paths()) for each in axes.collections), len(axes.images)

    assert drawn(30) == (True, 30, 0)
    assert drawn(31) == (False, 31, 0)
    assert drawn(500) == (False, 500, 0)
    assert drawn(501) == (False, 0, 1)


def test_failures_are_marked_and_named() -> None:
    chart = timeline(with_losses())
    axes = axes_of(chart, "requests")
    marks = {each.get_label(): each.get_offsets().tolist() for each in axes.collections if len(each.get_offsets()) > 0}
    assert [at[1] for at in marks["failed"]] == [3, 4, 7]
    assert [at[1] for at in marks["unfinished"]] == [9]
    written = texts(chart).splitlines()
    assert written.count("TimeoutError") == 2 and written.count("503") == 1


def test_only_what_occurs_is_in_the_key() -> None:
    written = texts(timeline(staircase(3)))
    assert "waiting for the first byte" in written
    assert "queued for a connection" not in written and "connecting" not in written and "\nfailed" not in written
    assert "at the server" in texts(timeline(staircase(3, seen_by="server")))


def test_wall_and_guess_are_lines_with_labels() -> None:
    chart = timeline(staircase(3, wall=0.4, predict=0.5))
    for label in ("requests", "in flight"):
        axes = axes_of(chart, label)
        assert (line_at(axes, "wall"), line_at(axes, "guess")) == (0.4, 0.5)
        assert axes.get_xlim()[1] > 0.5
    assert {"400 ms", "your guess: 0.5 s"} <= set(texts(chart).splitlines())


@pytest.mark.parametrize("draw", [timeline, lambda run: side_by_side([run, run])], ids=["timeline", "side_by_side"])
@pytest.mark.parametrize("predict", [0.6, 30])
def test_a_guess_far_out_is_an_arrow_at_the_edge(draw: Any, predict: float) -> None:
    chart = draw(staircase(3, wall=0.4, predict=predict))
    axes = [axes for axes in chart.axes if axes.lines and axes.get_label() != "canvas"]
    assert axes and all(each.get_xlim()[1] < 1 and line_at(each, "guess") is None for each in axes)
    assert f"your guess: {predict:g} s →" in texts(chart)


def test_panels_share_one_axis_that_holds_them_all() -> None:
    chart = side_by_side([staircase(20, title="long"), together(20, title="short", predict=2.5)])
    first, second = axes_of(chart, "long"), axes_of(chart, "short")
    assert first.get_xlim() == second.get_xlim()
    assert first.get_xlim()[1] > 2.5
    assert first.get_position().x0 == second.get_position().x0


def test_a_curve_ends_at_the_share_that_was_answered() -> None:
    chart = latency([with_losses(), staircase(20)])
    curves = {line.get_label(): line for line in axes_of(chart, "latency").lines}
    assert max(curves["curve 1"].get_ydata()) == pytest.approx(16 / 20)
    assert max(curves["curve 2"].get_ydata()) == 1
    crosses = [each for each in axes_of(chart, "canvas").collections if each.get_label() == "failed"]
    assert [len(each.get_offsets()) for each in crosses] == [4]


def test_the_latency_axis_is_logarithmic_when_the_spread_is_wide() -> None:
    def scale(slowest: float) -> str:
        run = panel([request(0.0, 0.01), request(0.0, slowest), request(0.0, 0.02)])
        return str(axes_of(latency([run]), "latency").get_xscale())

    assert (scale(0.19), scale(0.21)) == ("linear", "log")


@pytest.mark.parametrize(("draw", "counts"), [(side_by_side, (0, 1, 7)), (latency, (0, 7))])
def test_too_few_or_too_many_runs_are_refused(draw: Any, counts: tuple[int, ...]) -> None:
    for count in counts:
        with pytest.raises(ValueError, match=f"and 6 runs fit .*, not {count}"):
            draw([staircase(2)] * count)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"requests": pandas.DataFrame({"start": [1.0]})}, "lacks the column.*latency"),
        ({"wall": float("nan")}, "wall is a time in seconds"),
        ({"wall": -1.0}, "wall is a time in seconds"),
        ({"predict": 0.0}, "predict is None or a time"),
        ({"seen_by": "nobody"}, "'client' or 'server', not 'nobody'"),
    ],
)
def test_a_panel_refuses_what_cannot_be_drawn(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Panel(**{"title": "x", "requests": table([]), "wall": 1.0} | change)


# ---- showing


def test_a_chart_is_one_image_with_its_sentence_as_alternative_text() -> None:
    chart = side_by_side([staircase(3, title='<b> & "quotes"'), together(3)])
    assert "<b>" in chart.sentence
    alternative = re.findall(r'<img alt="([^"]*)" src="data:image/png;base64,[A-Za-z0-9+/=]+"', chart.html())
    assert alternative == [html.escape(chart.sentence)]
    assert f">{html.escape(chart.sentence)}<details " in chart.html()


def test_a_cell_shows_one_html_output(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    chart = timeline(staircase(3))
    chart._ipython_display_()
    assert shown == [{"text/html": chart.html(), "text/plain": chart.sentence}]


def test_a_style_of_the_notebook_changes_no_chart() -> None:
    import matplotlib

    plain = timeline(staircase(3)).png()
    dark = {"figure.facecolor": "black", "font.family": "monospace", "text.color": "white", "savefig.bbox": "tight"}
    with matplotlib.rc_context(dark):
        assert timeline(staircase(3)).png() == plain
        assert matplotlib.rcParams["text.color"] == "white"


def test_all_text_is_in_the_font_that_comes_with_matplotlib() -> None:
    chart = timeline(with_losses())
    chart.png()
    found = {text.get_fontfamily()[0] for axes in chart.axes for text in [*axes.texts, *axes.get_xticklabels()]}
    assert found == {FONT}


@pytest.mark.evidence
def test_nothing_heavy_is_imported_before_the_first_chart_and_pyplot_never() -> None:
    script = """
import sys
from helpers.charts import Panel
assert not {"matplotlib", "pandas", "numpy"} & set(sys.modules), "at import"
import pandas
from helpers.charts import Chart, latency, side_by_side, timeline
from helpers.charts.inputs.panel import COLUMNS
run = Panel("x", pandas.DataFrame(columns=list(COLUMNS)), 1.0)
for chart in (timeline(run), latency([run]), side_by_side([run, run])):
    assert isinstance(chart, Chart)
    chart.html()
needless = {"matplotlib.pyplot", "scipy", "pyarrow", "duckdb", "IPython"} & set(sys.modules)
assert not needless, needless
import matplotlib.pyplot
assert matplotlib.pyplot.get_fignums() == [], "registered"
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr


def test_ten_thousand_requests_are_no_more_to_draw_than_a_thousand() -> None:
    # A patch for each bar took two minutes.
    few, many = (len(timeline(queueing(count, 100)).findobj()) for count in (1_000, 10_000))
    assert many < few + 100
