"""Trials: the order of the runs, what is kept of them, and how they are stopped and continued."""

import asyncio
import functools
import gc
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jumping_loop import jump_through

from helpers import archive, trials
from helpers.repeated_trials import trials as rooms
from helpers.repeated_trials.plan import plan
from helpers.repeated_trials.progress_line import TrialsProgress

Function = Callable[[], object]


@pytest.fixture(autouse=True)
def nothing_unfinished() -> Iterator[None]:
    """Every test begins as a new kernel does."""
    rooms._stopped.clear()
    yield
    rooms._stopped.clear()


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the progress says, as in a notebook."""
    said: list[str] = []
    monkeypatch.setattr("helpers.repeated_trials.progress_line.in_notebook", lambda: True)
    monkeypatch.setattr(
        "helpers.repeated_trials.progress_line.LiveOutput.show", lambda self, data: said.append(data["text/plain"])
    )
    return said


def test_every_round_runs_each_variant_once_and_pairs_of_rounds_are_balanced() -> None:
    turns = plan("abc", rounds=10, warm_up=2)
    assert [turn.warm_up for turn in turns] == [True] * 6 + [False] * 30
    rounds = ["".join(turn.variant for turn in turns[at : at + 3]) for at in range(6, 36, 3)]
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert [turn.round for turn in turns[6:]] == [number for number in range(1, 11) for _ in "abc"]
    assert all(second == first[::-1] for first, second in zip(rounds[::2], rounds[1::2], strict=True))
    assert len(set(rounds)) > 2, "the same order over and over is not shuffled"


def test_two_variants_are_not_always_run_in_the_same_order() -> None:
    turns = [turn.variant for turn in plan("ab", rounds=10, warm_up=0)]
    pairs = {"".join(turns[at : at + 4]) for at in range(0, 20, 4)}
    assert pairs == {"abba", "baab"}


def test_plain_and_asynchronous_variants_are_run_in_turns_and_kept_as_one_series() -> None:
    calls: list[str] = []

    async def later(name: str) -> None:
        await asyncio.sleep(0)
        calls.append(name)

    class Callable_:
        async def __call__(self) -> None:
            await later("object")

    variants: dict[str, Function] = {
        "plain": lambda: calls.append("plain"),
        "lambda": lambda: later("lambda"),
        "partial": functools.partial(later, "partial"),
        "object": Callable_(),
    }
    result = jump_through(trials(variants, rounds=3, warm_up=1))
    turns = plan(list(variants), 3, 1)
    assert calls == [turn.variant for turn in turns]
    table = result.runs
    assert list(table["variant"]) == calls
    assert list(table["warm_up"]) == [True] * 4 + [False] * 12
    assert list(table["round"]) == [turn.round for turn in turns]
    assert set(table["outcome"]) == {"ok"}
    for name in variants:
        stored = archive.runs_of(name)
        assert [run.warm_up for run in stored] == [True, False, False, False]
        assert {run.series for run in stored} == {result.series}
        assert len({run.configuration for run in stored}) == 1
        assert [run.number for run in stored] == list(table["number"][table["variant"] == name])


def test_all_garbage_is_collected_once_and_the_young_before_each_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look through all that a kernel holds takes longer than many a run."""
    done: list[object] = []
    monkeypatch.setattr(gc, "collect", lambda *generation: done.append(generation))
    jump_through(trials({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, rounds=1, warm_up=0))
    first, second = [turn.variant for turn in plan("ab", 1, 0)]
    assert done == [(), (1,), first, (1,), second]


def test_two_trials_are_two_series() -> None:
    variants: dict[str, Function] = {"a": lambda: 1, "b": lambda: 2}
    first = jump_through(trials(variants, rounds=1, warm_up=0))
    second = jump_through(trials(variants, rounds=1, warm_up=0))
    assert first.series != second.series
    assert [run.series for run in archive.runs_of("a")] == [first.series, second.series]
    assert len(second.runs) == 2


def breaking_at(number: int, error: BaseException, calls: list[str]) -> dict[str, Function]:
    """Two variants that write down their calls; the call of that number raises the error, once."""

    def called(name: str) -> None:
        calls.append(name)
        if len(calls) == number:
            raise error

    return {"a": lambda: called("a"), "b": lambda: called("b")}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError()])
def test_stopped_trials_go_on_with_the_run_that_was_stopped(words: list[str], error: BaseException) -> None:
    calls: list[str] = []
    variants = breaking_at(4, error, calls)
    with pytest.raises(type(error)):
        jump_through(trials(variants, rounds=3, warm_up=1))
    assert len(calls) == 4
    assert words[-1].startswith("Stopped in round 1, ")
    assert "after 3 of 8 runs" in words[-1]
    words.clear()

    result = jump_through(trials(variants, rounds=3, warm_up=1))
    order = [turn.variant for turn in plan("ab", 3, 1)]
    assert calls == order[:4] + order[3:]
    assert words[0].startswith("Going on after 3 runs.")
    table = result.runs
    assert list(table["outcome"]) == ["ok"] * 3 + ["interrupted"] + ["ok"] * 5
    assert {run.series for run in archive.all_runs()} == {result.series}

    jump_through(trials(variants, rounds=3, warm_up=1))
    assert len(calls) == 9 + 8, "trials that came to their end are not continued"


def test_trials_are_not_continued_with_other_arguments_or_other_code() -> None:
    calls: list[str] = []
    variants = breaking_at(2, KeyboardInterrupt(), calls)
    with pytest.raises(KeyboardInterrupt):
        jump_through(trials(variants, rounds=2, warm_up=0))
    jump_through(trials(variants, rounds=3, warm_up=0))
    assert len(calls) == 2 + 6
    calls.clear()
    with pytest.raises(KeyboardInterrupt):
        jump_through(trials(variants, rounds=2, warm_up=0))
    other: dict[str, Function] = {"a": variants["a"], "b": lambda: calls.append("b")}
    result = jump_through(trials(other, rounds=2, warm_up=0))
    assert len(calls) == 2 + 4
    assert len(result.runs) == 4


def test_cancelled_from_outside_it_leaves_no_task_and_goes_on_later() -> None:
    began = asyncio.Event()
    calls: list[str] = []

    async def waits() -> None:
        calls.append("waits")
        began.set()
        await asyncio.sleep(60 if len(calls) == 1 else 0)

    variants: dict[str, Function] = {"waits": waits, "plain": lambda: None}

    async def main() -> None:
        task = asyncio.create_task(trials(variants, rounds=1, warm_up=0))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await trials(variants, rounds=1, warm_up=0)

    jump_through(main())
    assert calls == ["waits", "waits"]
    assert [run.outcome for run in archive.runs_of("waits")] == ["interrupted", "ok"]


def test_a_task_that_runs_only_plain_code_can_be_cancelled() -> None:
    calls: list[int] = []

    async def main() -> None:
        def plain() -> None:
            calls.append(1)
            if len(calls) == 3:
                task.cancel()

        task = asyncio.ensure_future(trials({"a": plain, "b": plain}, rounds=10, warm_up=0))
        with pytest.raises(asyncio.CancelledError):
            await task

    jump_through(main())
    assert len(calls) == 3


def test_ctrl_c_ends_plain_code_at_once_and_the_handler_of_before_comes_back() -> None:
    reached: list[str] = []

    def plain() -> None:
        reached.append("before")
        signal.raise_signal(signal.SIGINT)  # asyncio's own handler would only cancel the task, later
        reached.append("after")

    async def main() -> None:
        before = signal.getsignal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            await trials({"a": plain, "b": plain}, rounds=1, warm_up=0)
        assert signal.getsignal(signal.SIGINT) is before

    jump_through(main())
    assert reached == ["before"]


def test_an_error_says_where_it_was_and_what_was_measured_stays(words: list[str]) -> None:
    calls: list[str] = []
    variants = breaking_at(5, ZeroDivisionError("division by zero"), calls)
    with pytest.raises(ZeroDivisionError) as caught:
        jump_through(trials(variants, rounds=4, warm_up=1))
    [note] = caught.value.__notes__
    assert f"{calls[-1]!r} in round 2" in note
    assert words[-1].startswith(f"ZeroDivisionError in round 2, {calls[-1]}, after 4 of 10 runs")
    assert sorted(run.outcome for run in archive.all_runs()) == ["error: ZeroDivisionError"] + ["ok"] * 4
    result = jump_through(trials(variants, rounds=4, warm_up=1))
    assert len(result.runs) == 11


def test_the_progress_tells_the_time_left(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("helpers.repeated_trials.progress_line.perf_counter", lambda: now)
    turns = plan("ab", rounds=12, warm_up=1)
    progress = TrialsProgress("ab", turns, done=0)
    for turn in turns:
        now += {"a": 0.2, "b": 0.1}[turn.variant]
        progress.one_more()
    progress.over()
    assert ["left" in said for said in words[:3]] == [False, False, True], "nobody knows before each has been run"
    assert words[2].endswith("; about 4 s left")
    assert words[-2].endswith("; under a second left")
    assert words[-1] == "26 runs in shuffled order; 2 warm-up runs (grey) not counted."


def test_a_script_without_a_terminal_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    jump_through(trials({"a": lambda: None, "b": lambda: None}, rounds=1))
    assert capsys.readouterr() == ("", "")


def test_the_result_shows_the_comparison_of_its_own_runs() -> None:
    variants: dict[str, Function] = {"a": lambda: None, "b": lambda: None}
    jump_through(trials(variants, rounds=5))
    result = jump_through(trials(variants, rounds=2))
    assert "2 of 5" in result.chart().sentence
    assert "<img" in result._repr_html_()
    assert "6 runs" in repr(result)


async def coroutine_function() -> None: ...


@pytest.mark.parametrize(
    ("variants", "options", "error", "words_of_it"),
    [
        ([print], {}, TypeError, "dictionary"),
        ({"a": print}, {}, ValueError, "2 to 6"),
        ({str(number): print for number in range(7)}, {}, ValueError, "7"),
        ({"a": print, 2: print}, {}, TypeError, "name"),
        ({"a": print, " ": print}, {}, ValueError, "name"),
        ({"a": print, "b": 3}, {}, TypeError, "'b' must be a function"),
        ({"a": print, "b": lambda n: n}, {}, TypeError, "'b' is called without arguments"),
        ({"a": print, "b": print}, {"rounds": 0}, ValueError, "rounds"),
        ({"a": print, "b": print}, {"rounds": 2.0}, TypeError, "rounds"),
        ({"a": print, "b": print}, {"rounds": True}, TypeError, "rounds"),
        ({"a": print, "b": print}, {"warm_up": -1}, ValueError, "warm_up"),
    ],
)
def test_bad_input_is_named(variants: Any, options: dict[str, Any], error: type[Exception], words_of_it: str) -> None:
    with pytest.raises(error, match=words_of_it):
        jump_through(trials(variants, **options))
    assert archive.all_runs() == []


@pytest.mark.filterwarnings("error")
def test_a_variant_that_was_called_already_is_named() -> None:
    with pytest.raises(TypeError, match=r"write coroutine_function, not coroutine_function\(\)"):
        jump_through(trials({"a": coroutine_function(), "b": print}))  # type: ignore[dict-item]


def test_it_refuses_to_run_inside_a_measured_block() -> None:
    from helpers import measure

    async def main() -> None:
        with measure("outer"):
            await trials({"a": print, "b": print})

    with pytest.raises(RuntimeError, match="'outer' is still open"):
        jump_through(main())
