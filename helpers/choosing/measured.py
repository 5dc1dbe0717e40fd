"""The measurement that backs a recommendation: the same workload by every model, in turns."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from statistics import median
from typing import TYPE_CHECKING, Any

from helpers.choosing import waiting_models
from helpers.choosing.estimates import Estimate
from helpers.choosing.model_process import ModelProcess
from helpers.choosing.workload import Workload
from helpers.page.words import listing, seconds
from helpers.repeated_trials.trials import Trials, trials
from helpers.servers.practice_api import practice_api

if TYPE_CHECKING:
    from helpers.charts import Chart

BUDGET = 5.0
"""Seconds for all runs together: the models that take longest are left out, so that a cell stays within ten."""


class Measured:
    """Estimates beside measurements. As the last line of a cell it shows the chart.

    Attributes:
        advice: the recommendation that was measured (`helpers.choosing.advice.Advice`).
        workload: what was done.
        model: the recommended model.
        trials: the runs, as `helpers.trials` has them.
        left_out: the models that were not measured.
        why_not: why they were not: they would have taken "too long", or were "not asked for".
    """

    def __init__(
        self,
        workload: Workload,
        possible: Sequence[Estimate],
        model: str,
        of: Trials,
        left_out: list[str],
        why_not: str,
    ) -> None:
        self.advice: Any = None
        self.workload = workload
        self.model = model
        self._possible = possible
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
        return medians.get(self.model, inf) / medians[self.best]

    @property
    def _labels(self) -> dict[str, str]:
        return {model: _label(self.workload, model) for model in waiting_models.MODELS if model not in self.left_out}

    def chart(self) -> "Chart":
        """Every run as a dot, and the estimate beside it."""
        from helpers.charts.runs.estimated import Row, estimated

        walls = self.walls
        rows = [Row(e.model, e.value, tuple(walls.get(e.model, ()))) for e in self._possible]
        return estimated(rows, self.model, str(self.workload), self.why_not)

    def _repr_html_(self) -> str:
        return self.chart().html()

    def __repr__(self) -> str:
        said = listing(f"{model} {seconds(wall)}" for model, wall in self.medians.items())
        return f"<measured: {said}>"


async def measure(
    workload: Workload, estimates: Sequence[Estimate], model: str, rounds: int, models_asked: Sequence[str] | None
) -> Measured:
    """Do a workload by the models that can be had, in turns, in a process of its own. See `Advice.measure`.

    ``estimates`` are those of these models, ``model`` is the recommended one.
    """
    if workload.rate is not None:
        raise ValueError("a stream never ends: measure it with open_loop(ask, rate=..., seconds=...)")
    possible = [estimate.model for estimate in estimates]
    if wrong := [model for model in models_asked or () if model not in possible]:
        raise ValueError(f"models can be {listing(map(repr, possible))} here, not {wrong[0]!r}")
    asked = list(dict.fromkeys(models_asked or chosen(estimates, model, rounds)))
    if len(asked) < 2:
        raise ValueError(f"there is nothing to compare with: {workload} can only be done by {listing(asked)}")
    api = practice_api()
    urls = [api.url("/countries/FR", delay=workload.wait, n=n) for n in range(workload.calls)]
    with ModelProcess() as process:

        def doing(model: str) -> Callable[[], Awaitable[float]]:
            return lambda: asyncio.to_thread(
                process.seconds, model, urls, workload.cpu, workload.concurrency, workload.wait
            )

        variants = {_label(workload, each): doing(each) for each in asked}
        measured = await trials(variants, rounds=rounds, warm_up=0)
    left_out = [each for each in waiting_models.MODELS if each not in asked]
    return Measured(workload, estimates, model, measured, left_out, "not asked for" if models_asked else "too long")


def chosen(estimates: Sequence[Estimate], model: str, runs: int) -> list[str]:
    """The models to measure: the recommended one, which need not be the quickest of those that are about as quick, and
    the best beside it; and of the others, the best first, what the time allows.
    """
    those: list[str] = []
    spent = 0.0
    for estimate in sorted(estimates, key=lambda estimate: (estimate.model != model, estimate.value)):
        spent += estimate.value * runs
        if len(those) < 2 or spent <= BUDGET:
            those.append(estimate.model)
    return those


def _label(workload: Workload, model: str) -> str:
    """What the runs are called in the history: a workload has runs of its own."""
    return f"{model}: {workload}"
