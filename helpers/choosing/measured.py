"""The measurement that backs a recommendation: the same workload by every model, in turns."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from statistics import median
from typing import TYPE_CHECKING

from helpers.choosing import waiting_models
from helpers.choosing.workshop import Workshop
from helpers.page.words import listing, seconds
from helpers.servers.practice_api import practice_api
from helpers.turns.trials import Trials, trials

if TYPE_CHECKING:
    from helpers.charts import Chart
    from helpers.choosing.advice import Advice

BUDGET = 5.0
"""Seconds for all runs together: the models that take longest are left out, so that a cell stays within ten."""


class Measured:
    """Estimates beside measurements. As the last line of a cell it shows the chart.

    Attributes:
        advice: the recommendation that was measured.
        trials: the runs, as `helpers.trials` has them.
        left_out: the models that were not measured.
        why_not: why they were not: they would have taken "too long", or were "not asked for".
    """

    def __init__(self, advice: "Advice", of: Trials, left_out: list[str], why_not: str) -> None:
        self.advice = advice
        self.trials = of
        self.left_out = left_out
        self.why_not = why_not

    @property
    def walls(self) -> dict[str, list[float]]:
        """Seconds of every counted run, by model."""
        runs = self.trials.runs.query("not warm_up and outcome == 'ok'")
        return {model: list(runs.loc[runs["variant"] == label, "wall"]) for model, label in self._labels.items()}

    @property
    def medians(self) -> dict[str, float]:
        """The median seconds of each model that was measured."""
        return {model: median(walls) for model, walls in self.walls.items() if walls}

    @property
    def best(self) -> str:
        """The model with the shortest median."""
        return min(self.medians, key=self.medians.__getitem__)

    @property
    def off(self) -> float:
        """How many times the best median the recommended model took; inf where it was not measured."""
        medians = self.medians
        return medians.get(self.advice.model, inf) / medians[self.best]

    @property
    def _labels(self) -> dict[str, str]:
        return {model: _label(self.advice, model) for model in waiting_models.MODELS if model not in self.left_out}

    def chart(self) -> "Chart":
        """Every run as a dot, and the estimate beside it."""
        from helpers.charts.runs.estimated import Row, estimated

        walls = self.walls
        rows = [Row(e.model, e.value, tuple(walls.get(e.model, ()))) for e in self.advice.possible]
        return estimated(rows, self.advice.model, str(self.advice.workload), self.why_not)

    def _repr_html_(self) -> str:
        return self.chart().html()

    def __repr__(self) -> str:
        said = listing(f"{model} {seconds(wall)}" for model, wall in self.medians.items())
        return f"<measured: {said}>"


async def measure(advice: "Advice", rounds: int, models_asked: Sequence[str] | None) -> Measured:
    """Do the workload of `advice` by its models, in turns, in a process of its own. See `Advice.measure`."""
    workload = advice.workload
    if workload.rate is not None:
        raise ValueError("a stream never ends: measure it with open_loop(ask, rate=..., seconds=...)")
    possible = [estimate.model for estimate in advice.possible]
    if wrong := [model for model in models_asked or () if model not in possible]:
        raise ValueError(f"models can be {listing(map(repr, possible))} here, not {wrong[0]!r}")
    asked = list(dict.fromkeys(models_asked or chosen(advice, rounds)))
    if len(asked) < 2:
        raise ValueError(f"there is nothing to compare with: {workload} can only be done by {listing(asked)}")
    api = practice_api()
    urls = [api.url("/countries/FR", delay=workload.wait, n=n) for n in range(workload.calls)]
    with Workshop() as workshop:

        def doing(model: str) -> Callable[[], Awaitable[float]]:
            return lambda: asyncio.to_thread(
                workshop.seconds, model, urls, workload.cpu, workload.concurrency, workload.wait
            )

        variants = {_label(advice, model): doing(model) for model in asked}
        measured = await trials(variants, rounds=rounds, warm_up=0)
    left_out = [model for model in waiting_models.MODELS if model not in asked]
    return Measured(advice, measured, left_out, "not asked for" if models_asked else "too long")


def chosen(advice: "Advice", runs: int) -> list[str]:
    """The models to measure: the recommended one, which need not be the quickest of those that are about as quick, and
    the best beside it; and of the others, the best first, what the time allows.
    """
    those: list[str] = []
    spent = 0.0
    for estimate in sorted(advice.possible, key=lambda estimate: (estimate.model != advice.model, estimate.value)):
        spent += estimate.value * runs
        if len(those) < 2 or spent <= BUDGET:
            those.append(estimate.model)
    return those


def _label(advice: "Advice", model: str) -> str:
    """What the runs are called in the history: a workload has runs of its own."""
    return f"{model}: {advice.workload}"
