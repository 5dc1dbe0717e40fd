"""The knob panel without a browser: what its knobs offer, and what its buttons do."""

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from in_a_loop import in_loop, until
from jumping_loop import jump_through, jumping

from helpers import archive, explore, measure
from helpers.knobs import explore as room
from helpers.knobs.controls import Knob, knobs_of
from helpers.knobs.knob_panel import ExplorePanel


def panel_of(function: Callable[..., Any], **knobs: Any) -> ExplorePanel:
    return ExplorePanel(function, knobs_of(function, knobs))


def says(panel: ExplorePanel) -> str:
    text: str = panel._state.value
    return text.rpartition("</span> ")[2] or text


async def click_run(panel: ExplorePanel) -> None:
    """Click Run, and wait for the run's end."""
    panel._run_button.click()
    await asyncio.sleep(0.02)
    await until(lambda: not panel.running)


def test_knobs_begin_with_the_defaults_or_in_the_middle() -> None:
    def function(n: int, delay: float = 0.05, limit: int | None = 100, pause: float = 7.0) -> None: ...

    given = {"n": (1, 200), "delay": (0.01, 0.5), "limit": [10, 100, None], "pause": (0.0, 1.0)}
    n, delay, limit, pause = knobs_of(function, given)
    assert n.values == (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200)
    assert n.start == 15
    assert delay == Knob("delay", (), 0.05, 0.01, 0.5, 0.01)
    assert limit == Knob("limit", (10, 100, None), 100, listed=True)
    assert pause.start == 0.5


@pytest.mark.parametrize(("low", "high"), [(1, 100), (1, 10_000), (3, 300), (0.001, 1.0), (0.5, 70), (2.5, 250)])
def test_a_wide_range_offers_round_numbers_between_its_ends(low: float, high: float) -> None:
    [knob] = knobs_of(lambda n: n, {"n": (low, high)})
    assert (knob.values[0], knob.values[-1]) == (low, high)
    assert list(knob.values) == sorted(set(knob.values))
    assert {type(value) for value in knob.values} == {int if isinstance(low, int) and isinstance(high, int) else float}
    assert all(later / earlier <= 2.01 for earlier, later in zip(knob.values, knob.values[1:], strict=False))


def test_a_default_between_the_round_numbers_is_offered_too() -> None:
    def function(n: int = 42) -> None: ...

    [knob] = knobs_of(function, {"n": (1, 200)})
    assert knob.start == 42
    assert list(knob.values) == sorted([*knob.values])
    assert 42 in knob.values


def test_the_widgets_give_back_plain_values() -> None:
    def function(n: int, whole: int, delay: float, limit: int | None) -> None: ...

    given = {"n": (1, 200), "whole": (0, 50), "delay": (0.0, 0.5), "limit": [None, 10]}
    knobs = knobs_of(function, given)
    widgets = [knob.widget(5) for knob in knobs]
    assert [type(widget).__name__ for widget in widgets] == [*["NumberInput"] * 3, "ListInput"]
    widgets[0].value, widgets[1].value, widgets[2].value, widgets[3].value = 31, 7, 0.07000000000000002, 10
    values = [knob.read(widget) for knob, widget in zip(knobs, widgets, strict=True)]
    assert values == [31, 7, 0.07, 10]


def test_the_buttons_beside_a_list_go_through_it_and_stop_at_its_ends() -> None:
    [knob] = knobs_of(lambda limit: limit, {"limit": [10, 100, None]})
    widget = knob.widget(5)
    _, back, following = widget.children
    assert (back.tooltip, following.tooltip) == ("back limit", "next limit")
    seen = []
    for button in (following, following, following, back, back, back):
        button.click()
        seen.append(knob.read(widget))
    assert seen == [100, None, None, 100, 10, 10]


@pytest.mark.parametrize(
    ("limits", "start", "more", "less"),
    [((1, 200), 15, 20, 10), ((1, 200), 42, 50, 30), ((0, 50), 49, 50, 48), ((0.0, 0.5), 0.3, 0.31, 0.29)],
)
def test_the_buttons_beside_a_number_go_to_the_next_ones(
    limits: tuple[float, float], start: float, more: float, less: float
) -> None:
    [knob] = knobs_of(lambda n: n, {"n": limits})
    widget = knob.widget(1)
    number, *buttons = widget.children
    assert (number.description, [button.tooltip for button in buttons]) == ("n", ["less n", "more n"])
    for button, expected in zip(reversed(buttons), (more, less), strict=True):
        number.value = start
        button.click()
        assert knob.read(widget) == expected
    for button, end in zip(buttons, limits, strict=True):
        number.value = end
        button.click()
        assert knob.read(widget) == end


@pytest.mark.parametrize(
    ("knobs", "error", "words"),
    [
        ({}, TypeError, "needs a knob"),
        ({"n": (1, 2), "m": [1]}, TypeError, "unexpected keyword argument 'm'"),
        ({"k": (1, 2)}, TypeError, "missing a required argument: 'n'"),
        ({"n": 3}, TypeError, "n is a range"),
        ({"n": "abc"}, TypeError, "n is a range"),
        ({"n": (1, 2, 3)}, TypeError, "two numbers"),
        ({"n": (1, None)}, TypeError, "two numbers"),
        ({"n": (True, 2)}, TypeError, "two numbers"),
        ({"n": (2, 1)}, ValueError, "a greater one"),
        ({"n": (1, 1)}, ValueError, "a greater one"),
        ({"n": (1, float("nan"))}, ValueError, "a greater one"),
        ({"n": (1, float("inf"))}, ValueError, "a greater one"),
        ({"n": []}, ValueError, "empty"),
    ],
)
def test_a_bad_knob_is_named(knobs: dict[str, Any], error: type[Exception], words: str) -> None:
    def function(n: int, k: int = 1) -> None: ...

    with pytest.raises(error, match=words):
        explore(function, **knobs)


def test_only_a_function_with_a_name_in_a_notebook_is_explored() -> None:
    with pytest.raises(TypeError, match="takes a function"):
        explore(3, n=(1, 2))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="lambda has no name"):
        explore(lambda n: n, n=(1, 2))
    with pytest.raises(RuntimeError, match="notebook"):
        explore(max, default=[0])  # can be called in two ways, so that no Python tells its arguments


@jumping
async def test_a_run_gets_the_values_and_is_kept_under_the_functions_name() -> None:
    """The knobs are what tells two configurations apart."""
    seen: list[tuple[int, object]] = []

    async def fetch_all(n: int, limit: int | None = 100) -> None:
        await asyncio.sleep(0)
        seen.append((n, limit))

    panel = panel_of(fetch_all, n=(1, 20), limit=[10, 100, None])
    assert says(panel).find("Ready for fetch_all(n=10, limit=100)") >= 0
    await click_run(panel)
    panel._inputs["n"].value, panel._inputs["limit"].value = 7, None
    await click_run(panel)
    assert seen == [(10, 100), (7, None)]
    assert "fetch_all(n=7, limit=None) took" in says(panel)
    first, second = archive.runs_of("fetch_all")
    assert first.configuration != second.configuration
    assert (first.parts["limit"], second.parts["limit"]) == ("100", "None")
    assert panel.last is not None
    assert panel.last.outcome == "ok"
    assert "run-card" in panel._card.value
    assert "<img" in panel._card.value
    assert panel._runs.value.count("<tr>") == 1 + 2


@jumping
async def test_a_second_click_does_nothing_but_say_so() -> None:
    calls: list[int] = []

    async def waits(n: int) -> None:
        calls.append(n)
        await asyncio.sleep(0.3)

    panel = panel_of(waits, n=(1, 20))
    panel._run_button.click()
    await until(lambda: calls != [])
    panel._run_button.click()
    await until(lambda: "Still running" in says(panel))
    await until(lambda: not panel.running)
    await asyncio.sleep(0.05)
    assert len(calls) == 1
    assert len(archive.all_runs()) == 1


@jumping
async def test_clicks_while_plain_code_held_the_kernel_are_not_queued() -> None:
    calls: list[int] = []

    def plain(n: int) -> None:
        calls.append(n)
        panel._run_button.click()  # it is heard once the function has ended
        assert "The kernel is blocked" in says(panel)

    panel = panel_of(plain, n=(1, 20))
    assert "plain function" in panel._box.children[0].value
    await click_run(panel)
    await asyncio.sleep(0.05)
    assert len(calls) == 1
    assert "plain(n=10) took" in says(panel)


@jumping
async def test_stop_ends_the_run_and_the_panel_lives_on() -> None:
    async def waits(n: int) -> None:
        await asyncio.sleep(60 if n == 10 else 0)

    panel = panel_of(waits, n=(1, 20))
    panel._stop_button.click()  # nothing is running yet
    panel._run_button.click()
    await until(lambda: panel.running)
    await asyncio.sleep(0.05)
    panel._stop_button.click()
    await until(lambda: not panel.running)
    assert "Stopped waits(n=10) after" in says(panel)
    assert panel._error.outputs == ()
    panel._inputs["n"].value = 3
    await click_run(panel)
    assert [run.outcome for run in archive.runs_of("waits")] == ["interrupted", "ok"]


@jumping
async def test_stopped_before_its_first_step_it_has_run_nothing() -> None:
    calls: list[int] = []

    async def function(n: int) -> None:
        calls.append(n)

    panel = panel_of(function, n=(1, 20))
    panel.run()
    panel.stop()
    await until(lambda: not panel.running)
    assert "Stopped before it began" in says(panel)
    assert calls == []
    await click_run(panel)
    assert calls == [10]


@jumping
async def test_the_notebooks_stop_button_ends_plain_code() -> None:
    reached: list[str] = []

    def plain(n: int) -> None:
        reached.append("before")
        signal.raise_signal(signal.SIGINT)
        reached.append("after")

    panel = panel_of(plain, n=(1, 20))
    await click_run(panel)
    assert reached == ["before"]
    assert "Stopped plain(n=10)" in says(panel)


@jumping
async def test_an_error_is_shown_in_full_and_the_panel_lives_on() -> None:
    async def breaks(n: int) -> None:
        if n == 10:
            raise ValueError("ten is too many")

    panel = panel_of(breaks, n=(1, 20))
    await click_run(panel)
    [shown] = panel._error.outputs
    assert (shown["output_type"], shown["ename"], shown["evalue"]) == ("error", "ValueError", "ten is too many")
    text = "\n".join(shown["traceback"])
    assert 'raise ValueError("ten is too many")' in text
    assert "reruns" not in text
    assert "ValueError in breaks(n=10) after" in says(panel)
    panel._inputs["n"].value = 3
    await click_run(panel)
    assert panel._error.outputs == ()
    assert [run.outcome for run in archive.runs_of("breaks")] == ["error: ValueError", "ok"]


@jumping
async def test_beside_another_measured_block_it_says_so_and_runs_nothing() -> None:
    calls: list[int] = []

    async def function(n: int) -> None:
        calls.append(n)

    panel = panel_of(function, n=(1, 20))
    with measure("a cell's own"):
        await click_run(panel)
    assert calls == []
    assert "a cell&#x27;s own" in says(panel)
    assert "still open" in says(panel)
    await click_run(panel)
    assert calls == [10]


@pytest.mark.evidence
@in_loop
async def test_a_click_handled_in_another_thread_runs_on_the_notebooks_loop() -> None:
    """ipykernel hands some clicks to a thread of their own, a subshell."""
    where: list[tuple[threading.Thread, object]] = []

    async def function(n: int) -> None:
        where.append((threading.current_thread(), asyncio.get_running_loop()))

    panel = panel_of(function, n=(1, 20))
    await asyncio.to_thread(panel._run_button.click)
    await until(lambda: where != [] and not panel.running)
    assert where == [(threading.current_thread(), asyncio.get_running_loop())]


@jumping
async def test_a_closed_panel_is_dead() -> None:
    calls: list[int] = []

    async def waits(n: int) -> None:
        calls.append(n)
        await asyncio.sleep(60)

    panel = panel_of(waits, n=(1, 20))
    panel._run_button.click()
    await until(lambda: calls != [])
    panel.close()
    await until(lambda: not panel.running)
    assert "This panel is closed" in says(panel)
    assert panel._run_button.disabled
    panel._run_button.click()
    panel.run()
    await asyncio.sleep(0.05)
    assert len(calls) == 1
    assert [run.outcome for run in archive.runs_of("waits")] == ["interrupted"]
    assert repr(panel) == "<explore waits(n=10), closed>"


def test_a_cell_that_is_run_again_ends_its_old_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    async def function(n: int) -> None: ...

    async def main() -> None:
        panels = []
        for cell in [("one", "1"), ("one", "1"), ("two", "2"), ("one", "3")]:
            monkeypatch.setattr(room, "_cell", lambda name, cell=cell: cell)
            panels.append(explore(function, n=(1, 20)))
        assert ["closed" in repr(panel) for panel in panels] == [True, True, False, False]
        assert "its cell has been run again" in says(panels[0])

    monkeypatch.setattr(room, "_panels", {})
    jump_through(main())
