"""`projector()`: everything larger, at the same width, and nothing measured otherwise."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO
from re import findall

import pytest
from PIL import Image
from written import clashes

from helpers import projector
from helpers.charts import Chart, heartbeat_gaps
from helpers.charts.canvas.step_lines import Line, step_lines
from helpers.charts.load.knee import Point, knee
from helpers.charts.load.latency_over_time import Series, latency_over_time
from helpers.charts.load.waiters import Price, waiters
from helpers.charts.requests.starts_over_time import Starts, arrivals
from helpers.charts.runs.comparison import Dot, Group, strip
from helpers.charts.runs.delivery_ways import Way, delivery
from helpers.charts.runs.estimated import Row, estimated
from helpers.charts.runs.guesses import Guess, guesses
from helpers.charts.runs.pairs import noise
from helpers.page.card import card
from helpers.page.projector import LARGER
from helpers.reruns.rerun import Dot as RunDot
from helpers.reruns.rerun import Row as RunRow
from helpers.reruns.rerun_strip import strip as rerun_strip


def group(name: str, begin: float) -> Group:
    return Group(name, [Dot(begin * (1 + number / 50)) for number in range(8)])


CHARTS: dict[str, Callable[[], Chart]] = {
    "comparison": lambda: strip([group("one by one", 0.2), group("together", 0.02)], ["seed 0"], "wall time of a run"),
    "comparison of many": lambda: strip([group(f"label {n}", 0.1 + n) for n in range(9)], [], "wall time of a run"),
    "noise": lambda: noise(group("one by one", 0.2), ["seed 0"], "wall time of a run"),
    "guesses": lambda: guesses([Guess(f"{n:02} a chapter", f"run {n}", 0.1 * 2**n, 0.3) for n in range(12)]),
    "estimated": lambda: estimated(
        [Row("plain sync", 2.0, (2.1, 2.0)), Row("asyncio + processes", 0.3, ()), Row("asyncio", 0.1, (0.11,))],
        "asyncio", "50 calls, each 100 ms of waiting", "it has no library",
    ),
    "delivery": lambda: delivery([Way("polling", [0.2, 0.4], 400), Way("WebSocket", [0.002, 0.003], 1)], "30 messages"),
    "waiters": lambda: waiters(
        [Price(kind, count, 0.3 + count / 1e5, size, "") for kind, size in (("threads", 2e4), ("tasks", 2e3))
         for count in (10, 1_000, 100_000)], 0.3,
    ),
    "knee": lambda: knee([Point(2**n, min(20.0 * 2**n, 200), max(0.05, 2**n / 200), 2**n / 100) for n in range(8)]),
    "latency over time": lambda: latency_over_time(
        [Series("a server that stalls", [n / 50 for n in range(99)], [0.01 + n / 90 for n in range(99)], ["ok"] * 99)]
    ),
    "gaps": lambda: heartbeat_gaps(0.01, [0.011, 0.01, 0.301, 0.0105, 0.004]),
    "arrivals": lambda: arrivals(
        [Starts("in step", [0.0] * 20), Starts("with jitter", [n / 20 for n in range(20)])], 0.05
    ),
    "step lines": lambda: step_lines(
        [Line(f"queue {n}", [0.0, 1.0, 2.0], [0, 40 * n, 3], "at most 100") for n in range(3)],
        "Lengths", "They grow.", "items",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    projector(False)


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("name", CHARTS)
def test_no_words_of_any_chart_lie_on_one_another_or_are_cut_off(name: str) -> None:
    assert clashes(CHARTS[name]()) == []


def test_it_says_what_it_does_and_how_to_go_back(capsys: pytest.CaptureFixture[str]) -> None:
    projector()
    told = capsys.readouterr().out
    assert "1.5 times as large" in told and "projector(False) goes back" in told and "stays as it is" in told
    assert told.count("\n") == 1
    projector(False)
    assert "as large as usual" in capsys.readouterr().out
    with pytest.raises(TypeError, match="on is True or False, not 2"):
        projector(2)  # type: ignore[arg-type]


def width_of_the_image(chart: Chart) -> int:
    [data] = findall(r"base64,([^\"]+)", chart.html())
    return Image.open(BytesIO(b64decode(data))).width


def test_a_chart_is_as_wide_and_as_sharp_and_its_words_are_larger() -> None:
    usual = CHARTS["gaps"]()
    projector()
    large = CHARTS["gaps"]()
    assert width_of_the_image(large) == width_of_the_image(usual) == 1800
    assert usual.get_figwidth() / large.get_figwidth() == LARGER
    assert "zoom:1.5" in large.html() and "zoom:" not in usual.html()
    projector(False)
    assert "zoom:1.5" in large.html(), "what was drawn stays as it is"


def test_a_card_is_as_wide_and_its_words_are_larger() -> None:
    projector()
    assert "max-width:578.667px;zoom:1.5" in card("any", "#000", "words")
    projector(False)
    assert "zoom" not in card("any", "#000", "words")
    assert "max-width:868px" in card("any", "#000", "words")


def test_what_is_drawn_within_a_card_fits_into_it() -> None:
    rows = [RunRow("this code", {"ok": [0.1, 0.2, 0.3]}, False)]
    usual = rerun_strip(RunDot(0.1, "ok"), rows)
    projector()
    large = rerun_strip(RunDot(0.1, "ok"), rows)
    assert 'width="836"' in usual and 'width="557.333"' in large


def test_a_charts_text_is_its_sentence() -> None:
    chart = CHARTS["gaps"]()
    assert repr(chart) == str(chart) == chart.sentence
    assert f'alt="{chart.sentence}"' in chart.html()
