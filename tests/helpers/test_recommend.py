"""`recommend`: its formulas on a machine of known prices, its words, and its advice against this machine."""

import asyncio
from math import inf
from typing import Any

import pytest
from canary import timing

from helpers import measure, practice_api
from helpers.charts.runs.estimated import Row, estimated
from helpers.choosing.advice import Advice
from helpers.choosing.estimates import estimates
from helpers.choosing.machine import Machine, Price
from helpers.choosing.measured import chosen
from helpers.choosing.recommend import recommend
from helpers.choosing.workload import Workload

MACHINE = Machine(
    cores=4,
    prices={
        "plain sync": Price(0.001, 0.001),
        "threads": Price(0.002, 0.001),
        "asyncio": Price(0.0005, 0.0002),
        "processes": Price(0.001, 0.001, start=0.5),
        "asyncio + processes": Price(0.001, 0.001, start=0.5),
    },
)


def advice(**given: Any) -> Advice:
    """Advice on that machine."""
    calls = given.pop("calls", 1)
    whole = {
        "wait": 0.1, "cpu": 0.0, "calls": calls, "concurrency": calls, "rate": None, "library": "both",
        "framework": "script", **given,
    }  # fmt: skip
    workload = Workload(**whole)
    return Advice(workload, estimates(workload, MACHINE))


# --- the formulas ---


def test_batch_takes_its_rounds_or_its_computing_whichever_is_longer() -> None:
    waiting = advice(calls=20, concurrency=5, wait=0.1)
    assert waiting.of("plain sync").value == pytest.approx(20 * 0.101)
    assert waiting.of("threads").value == pytest.approx(4 * 0.1 + 3 * 0.001 + 5 * 0.002)
    assert waiting.of("asyncio").value == pytest.approx(4 * 0.1 + 3 * 0.0002 + 5 * 0.0005)
    assert waiting.of("processes").value == pytest.approx(0.5 + 5 * 0.101)
    computing = advice(calls=100, wait=0.1, cpu=0.02)
    assert computing.of("threads").value == pytest.approx(100 * (0.02 + 0.002) + 0.1)
    assert computing.of("asyncio + processes").value == pytest.approx(0.5 + 100 * 0.001 + 100 * 0.02 / 4 + 0.1)


def test_stream_is_little_s_law_or_the_core_whichever_is_busier() -> None:
    waiting = advice(rate=100.0, concurrency=40, wait=0.2)
    assert waiting.of("threads").value == pytest.approx(100 * 0.201 / 40)  # 20 in flight, with room for 40
    assert waiting.of("plain sync").value == pytest.approx(100 * 0.201)
    computing = advice(rate=100.0, concurrency=40, wait=0.01, cpu=0.008)
    assert computing.of("asyncio").value == pytest.approx(100 * 0.0082)
    assert computing.of("processes").value == pytest.approx(100 * 0.019 / 4)


@pytest.mark.parametrize(
    ("given", "model", "also"),
    [
        ({"calls": 1}, "plain sync", ["threads", "asyncio"]),
        ({"calls": 200}, "asyncio", []),
        ({"calls": 200, "library": "sync"}, "threads", []),
        ({"calls": 50, "concurrency": 5}, "threads", ["asyncio"]),
        ({"calls": 40, "wait": 0.01, "cpu": 0.5}, "processes", ["asyncio + processes"]),
        ({"calls": 400, "cpu": 0.02}, "asyncio + processes", []),
        ({"calls": 10, "wait": 0.0, "cpu": 0.01}, "plain sync", ["asyncio"]),
        ({"rate": 5.0, "concurrency": 100}, "plain sync", ["threads", "asyncio", "processes"]),
        ({"rate": 300.0, "concurrency": 100}, "threads", ["asyncio"]),
        ({"rate": 2000.0, "concurrency": 300, "wait": 0.05}, "asyncio", []),
    ],
)
def test_recommended_is_the_simplest_that_will_do(given: dict[str, Any], model: str, also: list[str]) -> None:
    found = advice(**given)
    assert found.model == model
    assert found.equals[1:] == also
    assert model.lower() in found.sentence.lower()
    for other in also:
        assert other in found.sentence


def test_it_says_when_either_will_do_and_when_nothing_will() -> None:
    assert "Either will do: threads and asyncio" in advice(calls=50, concurrency=5).sentence
    assert advice(rate=5000.0, concurrency=100).sentence.startswith("None keeps up")


def test_what_cannot_be_had_says_why() -> None:
    blocking = advice(calls=10, library="sync")
    assert [e.model for e in blocking.possible] == ["plain sync", "threads", "processes"]
    assert "no library to await" in blocking.of("asyncio").not_here
    assert blocking.of("asyncio").value == inf
    awaiting = advice(calls=10, cpu=0.01, library="async")
    assert [e.model for e in awaiting.possible] == ["asyncio", "asyncio + processes"]


@pytest.mark.parametrize(
    ("framework", "given", "says"),
    [
        ("wsgi", {"calls": 200}, "async_to_sync"),
        ("asgi", {"calls": 200}, "async def"),
        ("wsgi", {"calls": 1}, "Leave it alone"),
        ("wsgi", {"calls": 400, "cpu": 0.02}, "task queue"),
        ("notebook", {"calls": 200}, "await it in the cell"),
    ],
)
def test_framework_is_answered(framework: str, given: dict[str, Any], says: str) -> None:
    assert says in advice(framework=framework, **given).where


def test_card_has_every_model_and_its_reason() -> None:
    page = advice(calls=20, library="sync")._repr_html_()
    for text in ("plain sync", "threads", "asyncio", "processes", "20 calls x 100 ms", "no library to await"):
        assert text in page


# --- what is asked ---


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({}, TypeError, "needs wait="),
        ({"wait": -1}, ValueError, "wait is a number of seconds from 0 to 60"),
        ({"wait": "0.1"}, TypeError, "wait is a number of seconds"),
        ({"wait": 0.1, "calls": 0}, ValueError, "calls is a whole number from 1 to 100,000"),
        ({"wait": 0.1, "calls": 2.5}, TypeError, "whole number"),
        ({"wait": 0.1, "rate": float("nan")}, ValueError, "rate"),
        ({"wait": 0.1, "rate": 5, "calls": 5}, ValueError, "give one of them"),
        ({"wait": 0.0}, ValueError, "needs no model"),
        ({"wait": 0.1, "library": "requests"}, ValueError, "'both', 'sync' or 'async'"),
        ({"wait": 0.1, "framework": "flask"}, ValueError, "'script', 'notebook', 'wsgi' or 'asgi'"),
        ({"like": "no such label"}, ValueError, "no such label"),
    ],
)
def test_bad_input_says_what_is_allowed(given: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        recommend(**given)


@pytest.mark.evidence
def test_workload_is_taken_from_the_history() -> None:
    import requests

    api = practice_api()
    runs = []
    for _ in range(3):
        with measure("five pages") as run:
            for n in range(5):
                requests.get(api.url("/countries/FR", delay=0.05, n=n))
        runs.append(run)
    found = recommend(like="five pages", concurrency=2)
    assert found.workload.calls == 5
    assert 0.05 <= found.workload.wait <= max(run.requests["latency"].max() for run in runs)
    assert found.workload.cpu <= max(run.cpu for run in runs)
    assert found.source == "As in your 3 runs of “five pages”."
    with pytest.raises(ValueError, match="nothing to take"):
        with measure("nothing asked"):
            pass
        recommend(like="nothing asked")


# --- against this machine ---

GRID: list[dict[str, Any]] = [
    {"wait": 0.05, "calls": 1},
    {"wait": 0.05, "calls": 4},
    {"wait": 0.05, "calls": 20},
    {"wait": 0.1, "calls": 100},
    {"wait": 0.02, "calls": 40, "concurrency": 4},
    {"wait": 0.1, "calls": 40, "concurrency": 20},
    {"wait": 0.05, "cpu": 0.005, "calls": 20},
    {"wait": 0.01, "cpu": 0.02, "calls": 10},
    {"wait": 0.0, "cpu": 0.02, "calls": 15},
    {"wait": 0.1, "cpu": 0.001, "calls": 60},
]


@pytest.mark.parametrize("given", GRID, ids=str)
@timing(margin=1.0)  # A stall spoils one round of two, and the shorter counts: there would have to be many.
def test_recommended_is_within_a_quarter_of_the_best(given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.choosing.measured.BUDGET", 1.0)  # what is far from the best takes the longest
    measured = asyncio.run(recommend(**given).measure(rounds=2))
    shortest = {model: min(walls) for model, walls in measured.walls.items() if walls}
    assert shortest[measured.advice.model] <= 1.25 * min(shortest.values()), shortest


# --- the chart of estimates and measurements ---


def test_chart_says_what_was_measured_and_why_the_rest_was_not() -> None:
    rows = [Row("plain sync", 6.0, ()), Row("threads", 0.3, (0.33, 0.36, 0.39)), Row("asyncio", 0.2, (0.21, 0.2, 0.22))]
    said = estimated(rows, "asyncio", "60 calls", "too long").sentence
    assert "The advice was asyncio, and that was the fastest, at 210 ms" in said
    assert "off by a factor of 1.2 at most (threads)" in said
    assert said.endswith("Not measured (too long): plain sync.")
    with pytest.raises(ValueError, match="nothing was measured"):
        estimated(rows[:1], "plain sync", "60 calls", "too long")


@pytest.mark.parametrize(
    ("advised", "walls", "said"),
    [
        ("asyncio", (0.9, 0.33, 0.21), "Fastest: asyncio, 210 ms (estimated 200 ms)"),
        ("threads", (0.9, 0.22, 0.21), "Fastest: asyncio, 210 ms (estimated 200 ms); threads about as fast"),
        ("threads", (0.9, 0.42, 0.21), "threads, which was recommended, 2.0 times as long"),
        ("threads", (0.9, None, 0.21), "threads, which was recommended, was not measured"),
    ],
)
def test_title_names_who_was_fastest_and_whether_that_was_the_advice(
    advised: str, walls: tuple[float | None, ...], said: str
) -> None:
    rows = [
        Row(model, estimate, (wall,) if wall else ())
        for model, estimate, wall in zip(("plain sync", "threads", "asyncio"), (0.8, 0.3, 0.2), walls, strict=True)
    ]
    canvas = next(
        axes for axes in estimated(rows, advised, "60 calls", "too long").axes if axes.get_label() == "canvas"
    )
    assert said in " ".join(text.get_text() for text in canvas.texts if text.get_weight() == "bold")


def test_what_is_recommended_is_measured() -> None:
    """It is the simplest of those that are about as quick, and others may have estimates a little shorter."""
    quick = {name: Price(0.0004, 0.0002) for name in ("threads", "asyncio")}
    machine = Machine(cores=4, prices=MACHINE.prices | quick)
    workload = Workload(wait=0.0, cpu=0.02, calls=15, concurrency=15, rate=None, library="both", framework="script")
    advised = Advice(workload, estimates(workload, machine))
    assert advised.model == "plain sync"
    assert min(advised.possible, key=lambda estimate: estimate.value).model != "plain sync"
    assert chosen(advised.possible, advised.model, runs=100) == ["plain sync", "threads"]  # of which each takes seconds


@pytest.mark.evidence
def test_models_asked_for_are_measured_and_no_others() -> None:
    measured = asyncio.run(recommend(wait=0.01, calls=4).measure(rounds=1, models=["threads", "asyncio"]))
    assert set(measured.medians) == {"threads", "asyncio"}
    assert "Not measured (not asked for): plain sync" in measured.chart().sentence
