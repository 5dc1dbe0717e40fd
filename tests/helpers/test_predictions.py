"""predictions: which guesses count, what the chart says of them, and that any of them can be drawn."""

import subprocess
import sys
from typing import Any

import pytest
from archive_samples import sample

from helpers import archive
from helpers.charts import Chart
from helpers.charts.runs.guesses import Guess, guesses
from helpers.reruns.predictions import predictions


def ran(predict: float | None, wall: float, **changes: Any) -> None:
    archive.append(sample(predict=predict, wall=wall, **changes), {})


def marks(chart: Chart, name: str = "guesses") -> list[tuple[float, float]]:
    axes = next(axes for axes in chart.axes if axes.get_label() == name)
    return [(float(x), float(y)) for marks in axes.collections[1:] for x, y in marks.get_offsets()]  # type: ignore[union-attr]


def title(chart: Chart) -> str:
    return next(axes for axes in chart.axes if axes.get_label() == "canvas").texts[0].get_text()


def many(number: int, chapters: int, off: float = 1.5) -> list[Guess]:
    return [Guess(f"{n % chapters:02}_chapter", f"run {n}", 0.1 * (n % 7 + 1), 0.1 * off) for n in range(number)]


def test_a_guess_stands_against_its_measurement() -> None:
    ran(0.5, 2.0, label="a")
    ran(0.1, 0.11, label="b")
    chart = predictions()
    assert sorted(marks(chart)) == [(0.1, 0.11), (0.5, 2.0)]
    assert chart.sentence.startswith("Of 2 guesses 1 was close (within a factor of 1.25), and half")
    assert "Furthest off was “a”: you guessed 0.5 s, and it took 2.00 s." in chart.sentence


def test_what_is_drawn_beside_the_guesses_is_explained() -> None:
    written = [text.get_text() for axes in guesses(many(6, 2)).axes for text in axes.texts]
    assert {"it took what you guessed", "close: within a factor of 1.25", "median of a chapter"} <= set(written)
    assert "median of a chapter" not in [text.get_text() for axes in guesses([]).axes for text in axes.texts]


@pytest.mark.parametrize(("off", "said"), [(1.23, "1.3"), (1.5, "1.5"), (9.97, "10"), (12.3, "13")])
def test_half_of_the_guesses_were_within_the_factor_that_is_said(off: float, said: str) -> None:
    assert title(guesses([Guess("00_chapter", f"run {n}", 0.1, 0.1 * off) for n in range(5)])).startswith(
        f"Half of 5 guesses were within a factor of {said}"
    )


def test_the_measurement_is_the_median_of_the_runs_of_that_code() -> None:
    for wall in (1.0, 3.0, 9.0):
        ran(0.5, wall)
    ran(0.5, 100.0, warm_up=True)
    ran(0.5, 200.0, outcome="interrupted")
    assert marks(predictions()) == [(0.5, 3.0)]


@pytest.mark.parametrize("odd", [1e308, 5e-324])
def test_a_guess_of_any_size_that_a_history_may_have_is_drawn(odd: float) -> None:
    ran(odd, 1.0, label="odd")
    ran(0.5, 2.0, label="a")
    assert len(marks(predictions())) == 2


def test_other_code_is_another_guess() -> None:
    ran(2.0, 2.0, configuration="limit=10")
    ran(0.5, 1.0, configuration="limit=100")
    assert sorted(marks(predictions())) == [(0.5, 1.0), (2.0, 2.0)]


def test_a_guess_made_when_the_time_was_known_is_none() -> None:
    ran(2.0, 1.0)
    ran(1.0, 1.0)
    ran(1.0, 1.0)
    ran(None, 1.0, label="b")
    ran(1.0, 1.0, label="b")
    chart = predictions()
    assert marks(chart) == [(2.0, 1.0)]
    assert chart.note == "Left out: 2 guesses made when the time was known."


def test_a_guess_whose_runs_failed_is_left_out_and_said() -> None:
    ran(2.0, 1.0, outcome="error: TimeoutError")
    chart = predictions()
    assert chart.note == "Left out: 1 guess of runs that failed or were stopped."
    assert chart.sentence.startswith("No guesses yet")


def test_another_persons_guesses_are_not_yours() -> None:
    ran(2.0, 1.0, who="Anna")
    assert predictions().sentence.startswith("No guesses yet")


def test_without_a_guess_it_says_how_to_make_one() -> None:
    chart = predictions()
    assert "predict=0.5" in chart.sentence and chart.png()


@pytest.mark.parametrize(("wall", "way"), [(0.8, "more"), (0.01, "less")])
def test_it_says_where_guesses_are_worst_and_which_way(wall: float, way: str) -> None:
    for number in range(3):
        ran(0.1, 0.1, label=f"good {number}", chapter="01_blocking_calls")
        ran(0.1, wall, label=f"bad {number}", chapter="06_blocking_the_loop")
    sentence = predictions().sentence
    assert title(predictions()).endswith("; worst in 06 blocking the loop")
    assert "worst in “06 blocking the loop”, by a factor of" in sentence
    assert f"things take {way} time than you guess" in sentence


def test_each_chapter_has_its_row() -> None:
    chart = guesses(many(30, 5))
    rows = next(axes for axes in chart.axes if axes.get_label() == "chapters")
    assert rows.get_ylim() == (4.5, -0.5)
    written = [text.get_text() for axes in chart.axes for text in axes.texts]
    assert [f"{n:02} chapter" for n in range(5)] == [text for text in written if text[:2].isdigit()]
    assert len(marks(chart)) == 30


@pytest.mark.parametrize(
    "points",
    [
        many(1, 1), many(600, 16), [Guess("", "x", 0.1, 0.1)], [Guess("01_x", "long " * 90, 1e5, 1e-5)],
        [Guess("日本", "日本 $x^2$", 1e-6, 1e6), *many(9, 3)],
        [Guess("01_x", "\u200b", 0.1, 1.0)],
    ],
    ids=["one", "many", "exact", "far off", "strange names", "a name that is not seen"],
)  # fmt: skip
def test_any_guesses_can_be_drawn(points: list[Guess]) -> None:
    chart = guesses(points)
    assert chart.png() and chart.sentence
    chart.draw_without_rendering()
    for axes in chart.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= chart.bbox.x1 and box.y0 >= 0 and box.y1 <= chart.bbox.y1, text.get_text()


@pytest.mark.evidence
def test_importing_predictions_imports_nothing_heavy() -> None:
    code = (
        "import sys; import helpers.reruns.predictions; assert not {'matplotlib', 'pandas', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
