"""The bystander that ticks while something else runs, and its gap chart."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from jumping_loop import clock, jump_through, jumping, take

from helpers import heartbeat, measure
from helpers.charts import Chart, heartbeat_gaps
from helpers.charts.canvas.style import WIDTH


@pytest.fixture(autouse=True)
def _no_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heartbeat tells the time by the loop that it runs on, and that one jumps."""
    monkeypatch.setattr("helpers.probes.heartbeat.perf_counter", clock)


def beat_during(work: Callable[[], Coroutine[Any, Any, None]], every: float = 0.01) -> heartbeat:
    """The heartbeat of some work on a loop of its own; at its end no task is left over."""

    async def main() -> heartbeat:
        with heartbeat(every) as beat:
            await work()
        await asyncio.sleep(0)
        return beat

    return jump_through(main())


def texts(chart: Chart) -> list[str]:
    return [text.get_text() for axes in chart.axes for text in axes.texts]


def bars(chart: Chart) -> dict[str, list[tuple[float, float, float]]]:
    """Left, right and height of each bar, by its label."""
    axes = next(axes for axes in chart.axes if axes.get_label() == "gaps")
    return {
        str(each.get_label()): [
            (box.x0, box.x1, box.y1) for box in (path.get_extents() for path in each.get_paths())
        ]
        for each in axes.collections
    }  # fmt: skip


# ---- ticking


def test_it_ticks_while_others_wait() -> None:
    beat = beat_during(lambda: asyncio.sleep(0.495))
    assert beat.ticks == pytest.approx([n / 100 for n in range(1, 50)])
    assert beat.gaps == pytest.approx([0.01] * 49 + [0.005])


def test_a_step_that_blocks_is_a_long_gap() -> None:
    async def work() -> None:
        await asyncio.sleep(0.045)
        take(0.3)
        await asyncio.sleep(0.045)

    beat = beat_during(work)
    assert beat.worst == pytest.approx(0.305)
    assert beat.gaps == pytest.approx([0.01] * 4 + [0.305] + [0.01] * 4 + [0.005])


def test_a_loop_that_is_held_to_the_very_end_is_seen() -> None:
    async def work() -> None:
        await asyncio.sleep(0.045)
        take(0.3)

    beat = beat_during(work)
    assert beat.gaps == pytest.approx([0.01] * 4 + [0.305])
    assert beat.gaps[-1] == beat.worst


def test_a_loop_that_never_had_a_turn_leaves_one_gap() -> None:
    async def work() -> None:
        take(0.05)

    beat = beat_during(work)
    assert beat.ticks == []
    assert beat.gaps == [beat.worst] == [0.05]
    assert "ticked 0 times" in beat.chart().sentence


def test_an_exception_passes_through_and_leaves_no_task() -> None:
    async def main() -> heartbeat:
        with pytest.raises(LookupError), heartbeat() as beat:
            await asyncio.sleep(0.035)
            raise LookupError
        await asyncio.sleep(0)
        return beat

    assert len(jump_through(main()).ticks) == 3


def test_it_stops_with_the_block() -> None:
    async def main() -> tuple[int, int]:
        with heartbeat(0.001) as beat:
            await asyncio.sleep(0.0205)
        before = len(beat.ticks)
        await asyncio.sleep(0.05)
        return before, len(beat.ticks)

    assert jump_through(main()) == (20, 20)


@jumping
async def test_its_task_is_called_heartbeat() -> None:
    with heartbeat():
        others = asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]
    assert {task.get_name() for task in others} == {"heartbeat"}
    await asyncio.sleep(0)


@pytest.mark.evidence
def test_it_works_inside_a_measured_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """And on a real loop."""
    monkeypatch.setattr("helpers.probes.heartbeat.perf_counter", time.perf_counter)

    async def main() -> tuple[Any, heartbeat]:
        with measure("blocked") as run, heartbeat() as beat:
            await asyncio.sleep(0.05)
            time.sleep(0.2)
            await asyncio.sleep(0.05)
        return run, beat

    run, beat = asyncio.run(main())
    assert run.wall >= sum(beat.gaps) >= 0.25  # a loop's sleep may end 16 ms early on Windows up to Python 3.12
    assert beat.worst >= 0.2
    assert "heartbeat" in list(run.tasks["name"])


# ---- asking


def test_without_a_running_loop_it_says_where_to_use_it() -> None:
    with pytest.raises(RuntimeError, match="none is running here"), heartbeat():
        pass


@pytest.mark.parametrize("every", [0, -1, 0.0001, 11, float("nan"), float("inf")])
def test_an_absurd_interval_is_refused(every: float) -> None:
    with pytest.raises(ValueError, match=r"from 0\.001 to 10, not"):
        heartbeat(every)


@pytest.mark.parametrize("every", ["0.01", None, True])
def test_an_interval_is_a_number(every: Any) -> None:
    with pytest.raises(TypeError, match=r"number of seconds from 0\.001 to 10"):
        heartbeat(every)


@jumping
async def test_while_it_is_open_it_says_so_and_has_no_gaps_yet() -> None:
    with heartbeat() as beat:
        await asyncio.sleep(0.05)
        assert "open" in repr(beat)
        assert beat._repr_html_() is None
        for ask in (lambda: beat.gaps, lambda: beat.worst, beat.chart):
            with pytest.raises(RuntimeError, match="still open"):
                ask()
    assert "open" not in repr(beat)
    assert beat._repr_html_().startswith("<figure")  # type: ignore[union-attr]
    with pytest.raises(RuntimeError, match="has been used"):
        beat.__enter__()
    await asyncio.sleep(0)


# ---- the chart


GAPS = [0.011, 0.010, 0.301, 0.0105, 0.004]


def test_the_sentence_counts_the_ticks_and_names_the_longest_gap() -> None:
    assert heartbeat_gaps(0.01, GAPS).sentence == (
        "The bystander ticked 4 times in 336 ms; its longest gap was 301 ms, 30 times the 10 ms it asked for."
    )
    assert heartbeat_gaps(0.5, [0.5, 0.1]).sentence == (
        "The bystander ticked 1 time in 600 ms; its longest gap was 500 ms, 1.0 times the 500 ms it asked for."
    )


def test_every_gap_is_a_bar_as_wide_as_it_is_long() -> None:
    drawn = bars(heartbeat_gaps(0.01, GAPS))
    assert [len(each) for each in drawn.values()] == [4, 1]
    ((left, right, height),) = drawn["3 times the interval or more"]
    assert (left, right) == pytest.approx((0.021, 0.322), abs=0.002)
    assert height == pytest.approx(0.301)


def test_a_calm_and_a_stalled_bystander_are_drawn_on_one_scale() -> None:
    charts = [heartbeat_gaps(0.01, gaps) for gaps in (GAPS, [0.011, 0.05, 0.01])]
    stalled, calm = [next(axes for axes in chart.axes if axes.get_label() == "gaps") for chart in charts]
    assert stalled.get_yscale() == calm.get_yscale() == "log"
    assert stalled.get_ylim()[0] == calm.get_ylim()[0]
    assert 0.3 <= calm.get_ylim()[1] <= stalled.get_ylim()[1] < 1
    assert [line.get_ydata()[0] for line in calm.lines if line.get_label() == "asked for"] == [0.01]


def test_the_title_is_the_finding() -> None:
    assert "A bystander that ticks every 10 ms was kept waiting for 301 ms" in texts(heartbeat_gaps(0.01, GAPS))
    assert "A bystander that ticks every 10 ms never waited longer than 12 ms" in texts(
        heartbeat_gaps(0.01, [0.011, 0.012])
    )


@pytest.mark.parametrize("gaps", [GAPS, [0.5], [0.0], [0.01, 0.0], [0.0101] * 3000, [20.0, 0.01]])
@pytest.mark.filterwarnings("error")
def test_any_gaps_can_be_drawn(gaps: Sequence[float]) -> None:
    chart = heartbeat_gaps(0.01, gaps)
    chart.canvas.draw()
    assert "nan" not in chart.sentence
    canvas = next(axes for axes in chart.axes if axes.get_label() == "canvas")
    for text in canvas.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= WIDTH + 1 and box.y0 >= 0, text.get_text()
        assert box.y1 <= chart.get_figheight() * 100, text.get_text()


def test_no_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match="no gaps to draw"):
        heartbeat_gaps(0.01, [])
